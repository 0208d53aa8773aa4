"""The answer on a terminal: everything is there, nothing is wider than the window, colour only when asked for."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.report import sample

from rackwright.base.errors import Fault
from rackwright.report.terminal import (
    render_catalogue_rows,
    render_compare,
    render_explanation,
    render_faults,
    render_plan,
)
from rackwright.report.views import movers, path_text, tightest

ANSI = re.compile(r"\x1b\[[0-9;]*m")
WIDTHS = (60, 80, 100, 140, 200)


def explained(document, width, color=False):
    return render_explanation(document["workloads"][0]["explanations"][0], document["facts"], width, color)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("make", [sample.sample_document, sample.infeasible_document, sample.empty_document])
def test_no_line_is_wider_than_the_window(make, width: int) -> None:
    document = make()
    texts = [render_plan(document, width), render_compare(document, sample.sample_document(), width)]
    if document["workloads"]:
        texts.append(explained(document, width))
    for text in texts:
        assert max(cell_len(line) for line in text.splitlines()) <= width


def test_plain_text_has_no_escape_and_colour_adds_nothing_but_escapes() -> None:
    document = sample.sample_document()
    plain, coloured = render_plan(document, 100, False), render_plan(document, 100, True)
    assert "\x1b" not in plain
    assert ANSI.search(coloured)
    stripped = [line.rstrip() for line in ANSI.sub("", coloured).splitlines()]
    assert [line for line in stripped if line] == [line for line in plain.splitlines() if line]


def test_the_answer_is_complete() -> None:
    document = sample.sample_document()
    text = " ".join(render_plan(document, 200).split())
    assert text.startswith(document["headline"])
    for answer in document["workloads"]:
        for metric in answer["metrics"].values():
            assert metric["label"] in text
            assert metric["text"] in text
        assert answer["design"]["mapping_text"] in text
        assert answer["design"]["cooling_name"] in text
    for word in ("$0.347–0.533", "What binds", "2.7 % left", "Critical path", "transformers 28 weeks", "Runners-up"):
        assert word in text
    for word in ("18,432 designs tried, 2,798 keep every limit", "Filled in by default", "+19 % … -12 %"):
        assert word in text
    for line in (*document["warnings"], *document["summary"]):
        assert line in text


def test_a_broken_limit_is_said_in_words() -> None:
    text = render_plan(sample.infeasible_document(), 100)
    assert "broken by 18 %" in text
    assert "No design keeps every limit" in text


def test_comparing_a_plan_with_itself_finds_no_difference() -> None:
    document = sample.sample_document()
    text = render_compare(document, document, 120)
    assert "differs" not in text
    assert text.count("same") >= len(document["totals"])


def test_comparison_says_how_much_and_what_only_one_has() -> None:
    left, right = sample.sample_document(), sample.infeasible_document()
    right["workloads"][0]["metrics"]["capex"]["value"] *= 1.5
    right["workloads"][0]["design"]["cooling_name"] = "Immersion"
    text = render_compare(left, right, 120)
    assert "+50 %" in text
    assert "differs" in text
    assert "frontier run: only in A" in text


def test_an_explanation_goes_from_the_result_to_its_sources() -> None:
    document = sample.sample_document()
    text = explained(document, 140)
    assert text.startswith("Cost per million tokens = $0.412\n")
    assert text.index("(1) usd_per_mtoken") < text.index("(6) Serving.tpot") < text.index("Sources")
    for fact in document["facts"]:
        assert fact["source"] in text
    assert "(default)" in text


def test_catalogue_rows_of_any_shape() -> None:
    rows = [{"name": "h100", "power": 700.0, "liquid": True}, {"name": "b200", "power": 1000.0, "note": None}]
    text = render_catalogue_rows(rows, 80)
    assert "1,000" in text
    assert "yes" in text
    assert "note" not in text
    single = render_catalogue_rows([{"name": "h100", "source": "a datasheet " * 30}], 60)
    assert max(cell_len(line) for line in single.splitlines()) <= 60
    assert render_catalogue_rows([], 80) == ""


CASE = "name: chat\nlimits:\n  latencey: 40 ms  # too fast\n  power: '60 MW'\n"


def test_faults_point_at_the_place() -> None:
    faults = [
        Fault("case.yaml", 4, 10, "60 MW is too much", "lower it"),
        Fault("case.yaml", 3, 3, "unknown key 'latencey'", "did you mean latency?"),
        Fault("case.yaml", 0, 0, "no workload"),
    ]
    assert render_faults(faults, CASE) == (
        "error: no workload\n"
        " --> case.yaml\n\n"
        "error: unknown key 'latencey'\n"
        " --> case.yaml:3:3\n"
        "  |\n"
        "3 |   latencey: 40 ms  # too fast\n"
        "  |   ^^^^^^^^\n"
        "  = hint: did you mean latency?\n\n"
        "error: 60 MW is too much\n"
        " --> case.yaml:4:10\n"
        "  |\n"
        "4 |   power: '60 MW'\n"
        "  |          ^^^^^^^\n"
        "  = hint: lower it\n"
    )


def test_the_caret_stands_under_wide_letters_and_within_long_lines() -> None:
    wide = render_faults([Fault("c", 1, 4, "bad")], "机房: x")
    assert wide.splitlines()[-1] == "  |      ^" or wide.splitlines()[-1].index("^") == len("  | ") + 5
    long = render_faults([Fault("c", 1, 501, "bad")], "a" * 500 + "b" * 500)
    assert all(cell_len(line) <= 110 for line in long.splitlines())
    source, caret = long.splitlines()[-2:]
    assert source[caret.index("^")] == "b"
    assert source[caret.index("^") - 1] == "a"


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.integers(0, 8), st.integers(0, 400), st.text(max_size=40))
def test_any_fault_can_be_shown(text: str, line: int, column: int, message: str) -> None:
    shown = render_faults([Fault(message, line, column, message, message)], text, True)
    assert "\x1b" not in ANSI.sub("", shown)
    shown.encode("utf-8")


@settings(max_examples=10, deadline=None)
@given(st.text(max_size=30), st.lists(st.floats(), min_size=1, max_size=5), st.sampled_from(WIDTHS))
def test_any_text_and_any_number_gives_an_answer(text: str, numbers: list[float], width: int) -> None:
    document = sample.twisted_document(text, tuple(numbers))
    for shown in (render_plan(document, width), render_compare(document, document, width), explained(document, width)):
        assert "\x1b" not in shown
        shown.encode("utf-8")


def test_hostile_text_cannot_speak_to_the_terminal() -> None:
    text = render_plan(sample.twisted_document(), 100)
    assert "\x1b" not in text
    assert "\x00" not in text
    assert "[31m" in text  # markup is shown, not obeyed


def test_what_to_pin_down_first_is_what_moves_most() -> None:
    found = movers(sample.tornado("m", "Cost", 2.0))
    swings = [mover.swing for mover in found]
    assert swings == sorted(swings, reverse=True)
    assert found[0].swing == pytest.approx(0.31)


def test_limits_come_tightest_first_and_the_path_in_one_unit() -> None:
    answer = sample.infeasible_document()["workloads"][0]
    margins = [limit["margin"] for limit in tightest(answer["limits"])]
    assert margins == sorted(margins)
    assert margins[0] < 0
    by_rule = {**answer["limits"][2], "name": "heads divided by ways", "margin": 0.0, "binding": False}
    assert by_rule not in tightest([by_rule, *answer["limits"]], 99)
    assert path_text(answer).count("weeks") == 4
