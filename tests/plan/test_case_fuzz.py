"""Whatever a case looks like, it is read or refused with located faults; nothing else is ever raised."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackwright.base.errors import InputError
from rackwright.plan.case import parse_case
from rackwright.plan.case_file import decode
from rackwright.plan.case_models import CandidatesIn, CaseIn, ServeIn, TrainIn
from rackwright.plan.case_schema import shipped_case, shipped_cases
from rackwright.report.terminal import render_faults

TEXTS = [shipped_case(name) for name in shipped_cases()]
WORDS = """free|all|3 W|40 ms|-1|1e400|nan|no|1:30|0|99999999999999999999|[]|{}|null|~|*a|&a 1|!!python/none|<<|- - -|'
{a: {b: {c: [1, 2, {d: e}]}}}|1 s**9999|5 (((|€|\t|$|%|llama-3.1-70b|hgx-h100|dallas-tx|../x.json|/dev/zero|true
2027-02-30|16M tokens|>-|? :|1.5B tokens/day|10 %|1e-400|0x10|NaN W|inf s|1 /s|1 W/0|1 W^99|1 degC|3 requests/requests
1 s^-1|$5|$1B/kWh|5 kUSD|1,000|1_0|1 % %|1 kk|8k|.|+|-|1 s s|1 m/m|1 1/s|2 * 3 W|1 a|1 in|1 W if x else y|1 __class__"""
WORDS = [word for line in WORDS.splitlines() for word in line.split("|")]
KEYS = [
    "serve",
    "train",
    "tp",
    "site_power",
    "weights",
    "ttft",
    "histogram",
    "like",
    "mfu",
    "value",
    "horizon",
    "price",
]
KEYS += [key for model in (CaseIn, CandidatesIn, ServeIn, TrainIn) for key in model.model_fields]
RELAXED = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def refusal(read, *args):
    """Return the error of a call that may raise InputError alone."""
    try:
        read(*args)
    except InputError as error:
        return error
    return None


def check_read_or_refused(text):
    error = refusal(parse_case, text, "case.yaml")
    if error is None:
        return
    lines = 2 + sum(text.count(end) for end in ("\n", "\r", "\x85", "\u2028", "\u2029"))
    assert error.faults
    for fault in error.faults:
        assert fault.message
        assert fault.file == "case.yaml"
        assert 0 <= fault.line <= lines
    assert render_faults(error.faults, text)


@RELAXED
@given(st.integers(0, 10**9))
def test_shipped_cases_with_pieces_replaced(seed):
    draw = random.Random(seed)
    lines = draw.choice(TEXTS).splitlines()
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(len(lines))
        action = draw.randrange(6)
        head, colon, _ = lines[at].partition(":")
        if action == 0:
            lines[at] = f"{head}{colon} {draw.choice(WORDS)}"
        elif action == 1:
            del lines[at]
            lines = lines or ["x"]
        elif action == 2:
            lines.insert(at, draw.choice(lines))
        elif action == 3:
            lines[at] = " " * draw.randrange(9) + lines[at]
        elif action == 4:
            lines[at] = f"{head.replace(head.strip(), draw.choice(KEYS), 1) if head.strip() else 'x'}{colon} 1"
        else:
            cut = draw.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:cut] + draw.choice(WORDS) + lines[at][cut:]
    check_read_or_refused("\n".join(lines) + "\n")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=20,
)


@RELAXED
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8))
def test_structures_of_known_keys(structure):
    import yaml

    check_read_or_refused(yaml.safe_dump(structure, allow_unicode=True))


@settings(RELAXED, max_examples=25)
@given(VALUES, st.sampled_from(KEYS))
def test_one_strange_value_in_a_good_case(value, key):
    import yaml

    case = yaml.safe_load(TEXTS[0])
    spot = case["workloads"][0]
    places = (case, spot, spot.get("serve", {}), case.get("candidates", {}), case.get("limits", {}))
    for place in places:
        had, before = key in place, place.get(key)
        place[key] = value
        check_read_or_refused(yaml.safe_dump(case))
        if had:
            place[key] = before
        else:
            del place[key]


@RELAXED
@given(st.text(max_size=300))
def test_any_text(text):
    check_read_or_refused(text)


@RELAXED
@given(st.binary(max_size=300))
def test_any_bytes(data):
    error = refusal(decode, data, "case.yaml")
    if error is None:
        check_read_or_refused(decode(data, "case.yaml"))
    else:
        assert error.faults[0].line >= 1
