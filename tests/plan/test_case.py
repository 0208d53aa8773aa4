"""A case becomes SI records; every fault is found at once, at its place."""

import math
from pathlib import Path

import pytest

from rackwright.base.errors import InputError
from rackwright.plan.case import load_case, parse_case
from rackwright.plan.case_catalogue import catalogue_of
from rackwright.plan.case_records import MODES, OBJECTIVES
from rackwright.plan.case_schema import shipped_case, shipped_cases, starter_case
from rackwright.report.terminal import render_faults
from rackwright.site.records import Location

BAD = sorted((Path(__file__).parent / "cases_bad").iterdir())

SMALL = """\
name: Small
workloads:
  - name: chat
    serve:
      model: llama-3.1-8b
      traffic: {requests: 2 requests/s}
      input: 1000
      output: 200
      latency: {ttft: 500 ms, tpot: 40 ms}
"""
TRAIN = """\
name: Small
workloads:
  - name: run
    train: {model: llama-3.1-8b, tokens: 1T tokens, sequence_length: 8k, global_batch: 4M tokens}
"""


def faults_of(text, **kwargs):
    with pytest.raises(InputError) as caught:
        parse_case(text, **kwargs)
    return caught.value.faults


def said(text):
    return [(fault.line, fault.column, fault.message, fault.hint) for fault in faults_of(text)]


def test_the_smallest_case():
    case = parse_case(SMALL)
    workload = case.workloads[0]
    demand = workload.demand
    assert (workload.kind, workload.model, workload.architecture.depth) == ("serve", "llama-3.1-8b", 32)
    assert (demand.request_rate, demand.ttft_target, demand.tpot_target) == (2.0, 0.5, 0.04)
    assert (demand.input_tokens, demand.input_scv, demand.percentile) == (1000.0, 0.0, 0.95)
    assert workload.candidates.modes == ("aggregated",)
    assert workload.candidates.mapping.tp == ()
    assert workload.candidates.precisions[0].weights == "bf16"
    assert {"hgx-h100", "gb200-nvl72"} <= set(workload.candidates.systems)
    assert "vr-nvl72" not in workload.candidates.systems
    assert case.objective.weights == {"usd_per_mtoken": 1.0}
    assert case.limits.site_power is None


def test_a_training_run():
    job = parse_case(TRAIN).workloads[0].demand
    assert (job.tokens, job.sequence_length, job.global_batch) == (1e12, 8000.0, 500.0)
    assert math.isinf(job.deadline)


def test_sequences_and_tokens_of_a_batch_are_told_apart():
    by_sequences = parse_case(TRAIN.replace("4M tokens", "500 sequences")).workloads[0].demand
    assert by_sequences.global_batch == 500.0


def test_every_default_is_shown_with_its_reason():
    defaults = {default.path: default for default in parse_case(SMALL).defaults}
    assert defaults["workloads[0].serve.precision"].value == "bf16"
    assert defaults["objective.minimise"].value == "usd_per_mtoken"
    assert defaults["candidates.sites"].value
    assert all(default.why for default in defaults.values())
    assert not any("latency.ttft" in path for path in defaults)


def test_a_stated_value_is_no_default():
    paths = {default.path for default in parse_case(SMALL + "seed: 1\nobjective: {minimise: carbon}\n").defaults}
    assert "seed" not in paths
    assert "objective.minimise" not in paths
    assert "samples" in paths


@pytest.mark.parametrize("name", shipped_cases())
def test_shipped_cases_are_valid_and_load_from_their_files(name):
    case = parse_case(shipped_case(name), name)
    assert case.workloads
    assert case.text == shipped_case(name)
    for workload in case.workloads:
        assert workload.candidates.systems
        assert workload.candidates.sites
        assert workload.candidates.precisions


def test_the_four_shipped_cases_and_the_starter():
    assert set(shipped_cases()) == {"chat", "train-405b", "deepseek-v3-replay", "campus-100mw", "starter"}
    assert "#" in starter_case()


def test_the_starter_case_plans():
    from rackwright.plan import api

    assert api.search(parse_case(starter_case(), "case.yaml"), samples=0).feasible


def test_the_replay_has_the_published_tokens():
    demand = parse_case(shipped_case("deepseek-v3-replay")).workloads[0].demand
    assert demand.request_rate * demand.input_tokens * 86400 == pytest.approx(608e9, rel=2e-3)
    assert demand.request_rate * demand.output_tokens * 86400 == pytest.approx(168e9, rel=2e-3)
    assert demand.input_tokens + demand.output_tokens / 2 == pytest.approx(4989, rel=2e-3)
    assert demand.cached_share == 0.563


def test_the_training_replay_is_pinned_to_the_published_mapping():
    workload = parse_case(shipped_case("train-405b")).workloads[0]
    mapping = workload.candidates.mapping
    assert (mapping.tp, mapping.pp, mapping.cp, mapping.dp) == ((8,), (16,), (1,), (128,))
    assert workload.accelerators == 8 * 16 * 128
    assert workload.reference["mfu"][:2] == (0.38, 0.43)


def test_load_reads_a_file_and_finds_a_model_beside_it(tmp_path):
    (tmp_path / "tiny.json").write_text(
        '{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,'
        ' "intermediate_size": 128, "vocab_size": 100}',
        encoding="utf-8",
    )
    file = tmp_path / "case.yaml"
    file.write_text(SMALL.replace("llama-3.1-8b", "tiny.json"), encoding="utf-8")
    case = load_case(file)
    assert case.workloads[0].architecture.hidden == 64
    assert case.file == str(file)


def test_a_model_may_stand_in_the_case_itself():
    inline = "{model_type: gpt2, n_embd: 64, n_layer: 2, n_head: 4, n_positions: 128, vocab_size: 100}"
    assert parse_case(SMALL.replace("llama-3.1-8b", inline)).workloads[0].architecture.hidden == 64


def test_facts_go_before_the_catalogues():
    case = parse_case(
        SMALL + "facts:\n  accelerators.h100-sxm.price: 25 kUSD\n"
        "  locations.dallas-tx.electricity_price: {value: 5 USD/MWh, low: 4 USD/MWh, high: 9 USD/MWh, note: ours}\n"
    )
    catalogue = catalogue_of(case)
    assert catalogue.accelerators.one("h100-sxm").price == 25_000
    price = catalogue.table("locations", Location).fact("dallas-tx", "electricity_price")
    assert (price.value, price.low) == (pytest.approx(5 / 3.6e9), pytest.approx(4 / 3.6e9))
    assert (price.grade, price.note) == ("user", "ours")


def test_accelerators_and_sites_of_ones_own():
    case = parse_case(
        SMALL + "candidates:\n  accelerators: {name: our-chip, like: h100-sxm, memory_capacity: 192 GB}\n"
        "  sites: [{name: our-barn, like: dallas-tx, electricity_price: 0.04 USD/kWh, country: de}]\n"
    )
    catalogue = catalogue_of(case)
    assert case.workloads[0].candidates.systems == ("generic-8x-our-chip",)
    assert case.workloads[0].candidates.sites == ("our-barn",)
    assert catalogue.accelerators.one("our-chip").memory_capacity == 192e9
    assert catalogue.accelerators.one("our-chip").peak_bf16 == catalogue.accelerators.one("h100-sxm").peak_bf16
    assert catalogue.table("locations", Location).one("our-barn").electricity_price == pytest.approx(0.04 / 3.6e6)
    assert catalogue.table("locations", Location).text("our-barn", "country") == "DE"


def test_a_workloads_candidates_lie_over_the_cases():
    text = SMALL + "    candidates: {systems: hgx-h100, mapping: {tp: 8}}\n"
    text += "candidates: {systems: hgx-b200, sites: dallas-tx, mapping: {tp: 4, pp: 1}, mode: free}\n"
    found = parse_case(text).workloads[0].candidates
    assert (found.systems, found.sites) == (("hgx-h100",), ("dallas-tx",))
    assert (found.mapping.tp, found.mapping.pp) == ((8,), (1,))
    assert found.modes == MODES


def test_economics_become_facts():
    text = SMALL + "economics: {owner: neocloud, cost_of_capital: 12 %, electricity_price: 0.05 USD/kWh}\n"
    case = parse_case(text + "candidates: {sites: [dallas-tx, columbus-oh]}\n")
    assert case.facts["economics.neocloud.cost_of_capital"].value == 0.12
    assert case.facts["locations.columbus-oh.electricity_price"].value == pytest.approx(0.05 / 3.6e6)
    assert catalogue_of(case).table("locations", Location).one("dallas-tx").electricity_price > 0


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        ("limits: {site_power: 60 MW}", "site_power", 60e6),
        ("limits: {budget: $1.5B}", "budget", 1.5e9),
        ("limits: {budget: 250 MUSD}", "budget", 250e6),
        ("limits: {ready_by: 2027-01-05}", "ready_by", 86400.0),
        ("limits: {ready_by: 18 months}", "ready_by", 1.5 * 365.25 * 86400),
        ("limits: {carbon: 20 ktCO2e}", "carbon", 2e7),
        ("limits: {water: 300 ML}", "water", 300_000.0),
        ("limits: {racks: 400 racks}", "racks", 400.0),
        ("limits: {countries_not_allowed: [no, cn]}", "countries_not_allowed", ("NO", "CN")),
    ],
)
def test_limits_as_people_write_them(line, field, expected):
    assert getattr(parse_case(SMALL + line + "\n").limits, field) == pytest.approx(expected)


def test_weights_sum_to_one_and_join_the_front():
    objective = parse_case(SMALL + "objective: {weights: {energy: 3, carbon: 1}, pareto: total_cost}\n").objective
    assert objective.weights == {"energy": 0.75, "carbon": 0.25}
    assert objective.pareto == ("total_cost", "energy", "carbon")
    assert set(objective.pareto) <= set(OBJECTIVES)


@pytest.mark.parametrize(
    ("written", "mean", "scv"),
    [
        ("900", 900, 0),
        ("{fixed: 8k}", 8000, 0),
        ("{mean: 1200, sigma: 0.5}", 1200, math.expm1(0.25)),
        ("{p50: 1000, p90: 1000}", 1000, 0),
        ("{histogram: {100: 1, 300: 1}}", 200, 0.25),
        ("{trace: azure-chat-input}", 1154.7, 0.922112),
    ],
)
def test_lengths_as_people_write_them(written, mean, scv):
    demand = parse_case(SMALL.replace("input: 1000", f"input: {written}")).workloads[0].demand
    assert demand.input_tokens == pytest.approx(mean)
    assert demand.input_scv == pytest.approx(scv)


@pytest.mark.parametrize(
    ("old", "new", "column", "message", "hint"),
    [
        ("name: Small", "nam: Small", 1, "unknown key `nam`", "did you mean `name`?"),
        ("llama-3.1-8b", "lama-3.1-8b", 14, "`lama-3.1-8b` is not a model of the catalogue", "llama-3.1-8b"),
        ("2 requests/s", "2 MW", 27, "`2 MW` is a power; a rate", "40 requests/s"),
        ("input: 1000", "input: {mean: 1000}", 14, "`mean` alone is stated", "p90"),
        ("input: 1000", "input: {mean: 10, p90: 1000}", 14, "no log-normal distribution", "too far"),
        ("input: 1000", "input: {p50: 10, p90: 5}", 14, "lower percentile is longer", "p50"),
        ("input: 1000", "input: {fixed: 10, p90: 5}", 14, "stated together", "fixed"),
        ("input: 1000", "input: {histogram: {100: 0}}", 26, "sum to 0", "above 0"),
        ("input: 1000", "input: {histogram: {long: 1}}", 26, "`long` is not a number", ""),
        ("input: 1000", "input: nothing", 14, "`nothing` is not a number", "1200"),
        ("output: 200", "output: -5", 15, "out of range", "1200"),
        ("ttft: 500 ms", "ttft: 500", 23, "has no unit", "40 ms"),
        ("tpot: 40 ms", "tpot: 40 ms, percentile: 150 %", 56, "at most 100 %", "95 %"),
        ("tpot: 40 ms", "tpot: 40 ms, percentile: 100 %", 56, "no system keeps", "99 %"),
        ("{requests: 2 requests/s}", "{}", 16, "`requests` or in `tokens`", "exactly one"),
        ("2 requests/s", "2 requests/s, profile: [1, 2]", 50, "at least 24 needed, not 2", ""),
    ],
)
def test_a_fault_is_said_where_it_stands(old, new, column, message, hint):
    found = said(SMALL.replace(old, new))
    assert any(f[1] == column and message in f[2] and hint in f[3] for f in found), found


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ("candidates: {systems: [hgx-h10]}", "`hgx-h10` is not a system"),
        ("candidates: {systems: hgx-h100, accelerators: mi300x}", "no system is left"),
        ("candidates: {mapping: {tp: 0}}", "out of range"),
        ("candidates: {mapping: {recompute: some}}", "recompute policy"),
        ("candidates: {cooling: fans}", "`fans` is not a cooling"),
        ("candidates: {sites: [{name: h, like: dallas-tx, weather: none.epw}]}", "there is no file"),
        ("candidates: {sites: [{name: dallas-tx, like: dallas-tx}]}", "is taken"),
        ("candidates: {sites: [{like: dallas-tx}]}", "`name` is missing"),
        ("candidates: {accelerators: [{name: x, like: h100-sxm, price: 3 W}]}", "`3 W` is a power"),
        ("limits: {ready_by: 2026-01-01}", "not after the order date"),
        ("limits: {ready_by: soon}", "neither a date nor a duration"),
        ("limits: {site_power: -3 MW}", "above 0"),
        ("limits: {site_power: 1e400 MW}", "too large"),
        ("limits: {countries_not_allowed: [Norway]}", "not of the right form"),
        ("objective: {minimise: usd}", "not an objective"),
        ("objective: {minimise: carbon, weights: {carbon: 1}}", "both stated"),
        ("objective: {weights: {carbon: 0}}", "sum to 0"),
        ("economics: {owner: me}", "`me` is not an owner"),
        ("start: tomorrow", "is no date"),
        ("start: 1999-01-01", "is no date"),
        ("seed: -1", "out of range"),
        ("seed: 1.5", "not a whole number"),
        ("samples: many", "not a number"),
        ("facts: {accelerators.h100-sxm.prize: 1 USD}", "no field of accelerators"),
        ("facts: {accelerators.h100.price: 1 USD}", "not in the table"),
        ("facts: {chips.h100.price: 1 USD}", "no table"),
        ("facts: {price: 1 USD}", "names no fact"),
        ("facts: {accelerators.h100-sxm.price: {value: 5 USD, low: 6 USD}}", "does not hold the value"),
        ("facts: {accelerators.h100-sxm.price: {low: 6 USD}}", "`value` is missing"),
        ("facts: {accelerators.h100-sxm.price: [1]}", "not a number"),
        ("facts: []", "a mapping is needed"),
        ("workloads: []", "stated twice"),
    ],
)
def test_faults_outside_the_workload(added, message):
    found = said(SMALL + added + "\n")
    assert any(message in text and line == 10 for line, _, text, _ in found), found


def test_a_workload_is_one_of_two_things_and_named_once():
    neither = "name: x\nworkloads:\n  - name: chat\n"
    assert [text for _, _, text, _ in said(neither)] == ["a workload is either `serve` or `train`"]
    twice = SMALL + SMALL.split("workloads:\n")[1]
    assert "two workloads are called `chat`" in [text for _, _, text, _ in said(twice)]


def test_all_faults_come_at_once_and_in_file_order():
    text = SMALL.replace("llama-3.1-8b", "gpt5").replace("500 ms", "500").replace("name: Small", "nam: Small")
    found = faults_of(text + "seed: x\nstart: never\nfacts: {a: 1}\n")
    assert len(found) >= 6
    assert [fault.line for fault in found] == sorted(fault.line for fault in found)


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
def test_the_corpus_of_bad_cases(path):
    with pytest.raises(InputError) as caught:
        load_case(path)
    assert all(fault.message for fault in caught.value.faults)
    text = path.read_bytes().decode("utf-8", "replace")
    assert f"--> {path}" in render_faults(caught.value.faults, text)


def test_the_corpus_is_there():
    assert len(BAD) >= 15


@pytest.mark.parametrize(("metric", "known"), [("mfu", True), ("duration", False), ("cheapness", False)])
def test_a_reference_is_a_metric_of_the_kind_of_workload(metric: str, known: bool) -> None:
    stated = f"    reference: {{{metric}: {{value: 40 %, source: somebody}}}}\n\ncandidates:"
    text = shipped_case("starter").replace("candidates:", stated, 1)
    if known:
        assert parse_case(text).workloads[0].reference == {metric: (0.4, 0.4, "somebody")}
        return
    with pytest.raises(InputError, match="no metric that can be compared"):
        parse_case(text)
