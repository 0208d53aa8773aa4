"""Explanations: steps, facts with sources, and elasticities that are finite differences."""

from __future__ import annotations

import pytest

from rackwright.base.errors import UnknownNameError
from rackwright.plan.api import explain
from rackwright.plan.explain import explain_metric, explain_number, fact_values
from rackwright.plan.metrics import HEADLINE, METRICS, metric, metrics_of


def test_every_metric_explains_itself(setting):
    for item in metrics_of(setting.problem.kind):
        explanation, facts = explain_metric(item, setting.traced)
        assert explanation["metric"] == item.key
        assert explanation["steps"], item.key
        first = explanation["steps"][0]
        assert first["value"] == pytest.approx(setting.metrics[item.key], rel=1e-9)
        assert first["formula"]
        assert set(explanation["facts"]) == set(facts)
        assert {entry["fact"] for entry in explanation["elasticities"]} <= set(facts)


def test_steps_hang_together(setting):
    """Every input of a step is a fact or a step of its own, unless the walk ended before it."""
    explanation, facts = explain_metric(METRICS["usd_per_mtoken"], setting.traced)
    keys = [step["key"] for step in explanation["steps"]]
    assert len(keys) == len(set(keys))
    assert len(keys) > 10
    known = set(keys) | set(facts)
    for step in explanation["steps"][:3]:
        assert set(step["inputs"]) <= known, step["key"]
    for step in explanation["steps"]:
        for name in step["inputs"]:
            assert name in step["formula"] or step["formula"].endswith("...") or "more" in step["formula"]


def test_the_first_step_of_a_price_can_be_worked_out_by_hand(serve_setting):
    explanation, facts = explain_metric(METRICS["usd_per_mtoken"], serve_setting.traced)
    values = {step["key"]: step["value"] for step in explanation["steps"]}
    values |= {key: fact.value for key, fact in facts.items()}
    first = explanation["steps"][0]
    formula = first["formula"]
    for key in sorted(first["inputs"], key=len, reverse=True):
        formula = formula.replace(key, repr(values[key]))
    assert eval(formula.replace(" x ", " * ").replace("^", "**")) == pytest.approx(first["value"], rel=1e-5)


def test_facts_carry_source_grade_and_range(setting):
    _, facts = explain_metric(METRICS["usd_per_mtoken"], setting.traced)
    shown = fact_values(facts.values())
    assert [fact["key"] for fact in shown] == sorted(facts)
    assert len(shown) > 30
    for fact in shown:
        assert fact["source"]
        assert fact["grade"]
        assert fact["low"] <= fact["value"] <= fact["high"], fact["key"]
        assert fact["text"]
    assert any(key.startswith("case.") for key in facts)


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("annual_cost", ("locations.dallas-tx.electricity_price", "systems.hgx-h100.price")),
        ("ttft", ("accelerators.h100-sxm.peak_bf16", "efficiency.measured.gemm_compute")),
        ("carbon", ("locations.dallas-tx.carbon_intensity",)),
        ("memory", ("efficiency.measured.runtime_reserve",)),
    ],
)
def test_elasticities_are_finite_differences(serve_setting, key, facts):
    explanation, _ = explain_metric(METRICS[key], serve_setting.traced)
    elasticities = {entry["fact"]: entry["elasticity"] for entry in explanation["elasticities"]}
    for fact in facts:
        up, down = serve_setting.moved(fact, 1.001)[key], serve_setting.moved(fact, 0.999)[key]
        assert elasticities[fact] == pytest.approx((up - down) / 0.002 / serve_setting.metrics[key], rel=5e-3), fact


def test_elasticities_are_ranked_and_leave_out_definitions(serve_setting):
    explanation, facts = explain_metric(METRICS["usd_per_mtoken"], serve_setting.traced)
    sizes = [abs(entry["elasticity"]) for entry in explanation["elasticities"]]
    assert sizes == sorted(sizes, reverse=True)
    assert min(sizes) >= 1e-4
    grades = {facts[entry["fact"]].grade for entry in explanation["elasticities"]}
    assert "definition" not in grades
    assert "definition" in {fact.grade for fact in facts.values()}


def test_twice_every_price_is_twice_the_cost(serve_setting):
    """The elasticities of all facts in dollars add up to one (Euler's theorem for a cost linear in prices)."""
    explanation, facts = explain_metric(METRICS["annual_cost"], serve_setting.traced)
    in_dollars = [entry["elasticity"] for entry in explanation["elasticities"] if "USD" in facts[entry["fact"]].unit]
    assert sum(in_dollars) == pytest.approx(1.0, abs=2e-3)


def test_a_number_without_facts_is_what_the_case_states():
    explanation, facts = explain_number("racks", "racks", "1", 4.0)
    assert (explanation["steps"][0]["formula"], explanation["facts"], facts) == ("stated by the case", [], {})


def test_every_headline_of_a_plan_is_explained_with_its_facts(small_plan):
    document = small_plan.document
    known = {fact["key"] for fact in document["facts"]}
    for part in document["workloads"]:
        kind = part["design"]["kind"]
        assert [item["metric"] for item in part["explanations"]] == list(HEADLINE[kind])
        for item in part["explanations"]:
            assert item["steps"]
            assert set(item["facts"]) <= known
            stored, facts = explain(small_plan, item["metric"], part["design"]["workload"])
            assert stored == item
            assert {fact["key"] for fact in facts} == set(item["facts"])


def test_other_metrics_are_worked_out_anew(small_plan):
    for part in small_plan.document["workloads"]:
        name, kind = part["design"]["workload"], part["design"]["kind"]
        for item in metrics_of(kind):
            if item.key in HEADLINE[kind]:
                continue
            explanation, facts = explain(small_plan, item.key, name)
            assert explanation["steps"][0]["value"] == pytest.approx(part["metrics"][item.key]["value"], rel=1e-9)
            assert {fact["key"] for fact in facts} == set(explanation["facts"])
            if len(facts) > 5:
                break


SUMS = (
    "capex",
    "annual_cost",
    "memory",
    "it_power",
    "facility_power",
    "embodied_carbon",
    "annual_carbon",
    "lead_times",
)


@pytest.mark.parametrize("name", SUMS)
def test_parts_of_sums_are_explained(small_plan, name):
    part = small_plan.document["workloads"][0]
    largest = max(part["breakdowns"][name]["parts"], key=lambda item: item["value"])
    explanation, _ = explain(small_plan, f"{name}/{largest['name']}")
    assert explanation["steps"][0]["value"] == pytest.approx(largest["value"], rel=1e-9)
    assert explanation["metric"] == f"{name}/{largest['name']}"


def test_the_energy_bill_rests_on_the_price_of_electricity(small_plan):
    explanation, facts = explain(small_plan, "annual_cost/energy")
    elasticities = {entry["fact"]: entry["elasticity"] for entry in explanation["elasticities"]}
    site = small_plan.document["workloads"][0]["design"]["site"]
    assert elasticities[f"locations.{site}.electricity_price"] == pytest.approx(1.0)
    assert f"locations.{site}.electricity_price" in {fact["key"] for fact in facts}


@pytest.mark.parametrize(
    ("key", "workload", "said"),
    [
        ("usd_per_mtokens", None, "usd_per_mtoken"),
        ("ttft", "tuning", "of kind|unknown metric"),
        ("usd_per_mtoken", "chap", "chat"),
        ("annual_cost/enrgy", None, "energy"),
        ("anual_cost/energy", None, "annual_cost"),
        ("", None, "unknown metric"),
    ],
)
def test_unknown_names_are_said_with_the_nearest(small_plan, key, workload, said):
    with pytest.raises(UnknownNameError, match=said):
        explain(small_plan, key, workload)


def test_metrics_of_one_kind_are_unknown_to_the_other():
    assert metric("ttft", "serve").unit == "s"
    with pytest.raises(UnknownNameError):
        metric("ttft", "train")
    with pytest.raises(UnknownNameError):
        metric("duration", "serve")
