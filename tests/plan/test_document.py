"""`plan.json`: its shape is the declared one, its bytes are the same every time."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from rackwright.base.facts import GRADES
from rackwright.plan.api import search
from rackwright.plan.case import load_case, parse_case
from rackwright.plan.document import SCHEMA, PlanDocument

SMALL = """
name: small
workloads:
  - name: chat
    serve:
      model: llama-3.1-8b
      traffic: {requests: 50 requests/s}
      input: {mean: 1000, p90: 2000}
      output: {mean: 200, p90: 400}
      latency: {ttft: 1 s, tpot: 50 ms}
candidates:
  systems: [hgx-h100]
  sites: [dallas-tx]
  cooling: [direct-to-chip-dry]
  mapping: {tp: 1, pp: 1, batch: [16, 32]}
samples: 8
"""


def faults(value: Any, kind: Any, path: str = "plan") -> list[str]:
    """Return where a value is not of its declared type."""
    if is_typeddict(kind):
        return faults_of_keys(value, kind, path)
    if get_origin(kind) is list:
        if not isinstance(value, list):
            return [f"{path}: not a list"]
        return [fault for at, item in enumerate(value) for fault in faults(item, get_args(kind)[0], f"{path}[{at}]")]
    if get_origin(kind) is dict:
        return [fault for key, item in value.items() for fault in faults(item, get_args(kind)[1], f"{path}.{key}")]
    if kind is float:
        fine = value is None or (isinstance(value, (int, float)) and math.isfinite(value))
        return [] if fine else [f"{path}: {value!r} is no number"]
    return [] if type(value) is kind else [f"{path}: {value!r} is no {kind.__name__}"]


def faults_of_keys(value: Any, kind: Any, path: str) -> list[str]:
    """Return the faults of a mapping with declared keys."""
    hints = get_type_hints(kind, include_extras=True)
    asked = {key for key, hint in hints.items() if get_origin(hint) is not NotRequired}
    kinds = {key: hint if key in asked else get_args(hint)[0] for key, hint in hints.items()}
    missing, odd = sorted(asked - value.keys()), sorted(value.keys() - kinds)
    found = [f"{path}: {missing} missing, {odd} too many"] if missing or odd else []
    return found + [fault for key in value.keys() & kinds for fault in faults(value[key], kinds[key], f"{path}.{key}")]


@pytest.fixture(scope="module")
def document(small_plan) -> dict[str, Any]:
    """Return a plan as another program reads it."""
    return json.loads(small_plan.to_json())


def test_the_checker_finds_faults(document):
    assert faults({**document, "seed": "3"}, PlanDocument) == ["plan.seed: '3' is no int"]
    assert "too many" in faults({**document, "extra": 1}, PlanDocument)[0]
    assert "missing" in faults({key: value for key, value in document.items() if key != "facts"}, PlanDocument)[0]


def test_a_plan_is_of_the_declared_shape(document):
    assert faults(document, PlanDocument) == []
    assert document["schema"] == SCHEMA


def test_every_number_that_is_shown_is_known(document):
    """Null stands for what JSON has no number for; a feasible plan has none where a reader looks."""
    for part in document["workloads"]:
        for key, value in part["metrics"].items():
            assert value["value"] is not None, key
            assert value["text"]
            if "low" in value:
                assert value["low"] <= value["high"], key


def test_names_that_point_somewhere_point_at_something(document):
    known = {fact["key"] for fact in document["facts"]}
    names = {part["design"]["workload"] for part in document["workloads"]}
    assert names == {"chat", "tuning"}
    for part in document["workloads"]:
        metrics = part["metrics"]
        assert {band["metric"] for band in part["bands"]} <= set(metrics)
        assert part["tornado"]["metric"] in metrics
        assert set(part["binding"]) <= {limit["name"] for limit in part["limits"]}
        for explanation in part["explanations"]:
            assert set(explanation["facts"]) <= known
        ends = {flow["target"] for flow in part["power_flow"]} | {"grid"}
        assert {flow["source"] for flow in part["power_flow"]} <= ends
    for listed in (document["pareto"], document["search"], document["runners_up"]):
        assert {item["workload"] for item in listed} <= names
    assert {fact["grade"] for fact in document["facts"]} <= set(GRADES)


def test_parts_add_up_to_their_sums(document):
    for part in document["workloads"]:
        for key, sum_ in part["breakdowns"].items():
            assert sum(item["value"] for item in sum_["parts"]) == pytest.approx(sum_["total"], rel=1e-9), key
        flow = part["power_flow"]
        leaves = sum(item["value"] for item in flow if item["source"] == "grid")
        assert leaves == pytest.approx(part["metrics"]["facility_power"]["value"], rel=1e-6)
        inside = sum(item["value"] for item in flow if item["source"] == "IT")
        assert inside == pytest.approx(part["metrics"]["it_power_mean"]["value"], rel=1e-6)
        assert part["breakdowns"]["capex"]["total"] == pytest.approx(part["metrics"]["capex"]["value"], rel=1e-9)


def test_totals_are_those_of_the_workloads(document):
    for key in ("capex", "annual_cost", "carbon", "energy", "accelerators", "racks"):
        whole = sum(part["metrics"][key]["value"] for part in document["workloads"])
        assert document["totals"][key]["value"] == pytest.approx(whole, rel=1e-9), key
    latest = max(part["metrics"]["ready_date"]["value"] for part in document["workloads"])
    assert document["totals"]["ready_date"]["value"] == latest
    bounds = {limit["name"]: limit for limit in document["total_limits"]}
    assert bounds["budget"]["value"] == document["totals"]["capex"]["value"]
    assert bounds["budget"]["margin"] == pytest.approx(1.0 - bounds["budget"]["value"] / 50e6)


def test_every_design_is_accounted_for(document):
    for view in document["search"]:
        assert view["designs"] == view["feasible"] + sum(item["count"] for item in view["rejected"])


def test_headline_and_summary_name_what_is_built(document):
    for part in document["workloads"]:
        assert part["design"]["system_name"] in document["headline"]
        assert any(line.startswith(part["design"]["workload"]) for line in document["summary"])
    assert document["feasible"]
    assert document["headline"].startswith("Build ")


def test_bands_hold_their_middle(document):
    for part in document["workloads"]:
        assert part["bands"]
        for band in part["bands"]:
            assert band["p10"] <= band["p50"] <= band["p90"]
        assert 0.0 <= part["holds"] <= 1.0


def test_the_same_case_gives_the_same_bytes(small_plan, plan_text):
    assert search(parse_case(plan_text)).to_json() == small_plan.to_json()


def test_bytes_do_not_depend_on_the_process():
    program = "import sys, rackwright; print(rackwright.search(rackwright.load(sys.argv[1])).to_json())"
    written = [
        subprocess.run(
            [sys.executable, "-c", program, SMALL],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert written[0] == written[1]
    assert written[0].decode().rstrip("\n") == search(parse_case(SMALL)).to_json().rstrip("\n")


def test_another_seed_changes_what_is_drawn_and_nothing_else():
    case = parse_case(SMALL)
    plans = [json.loads(search(case, seed=seed).to_json()) for seed in (1, 2)]
    bands = [plan["workloads"][0].pop("bands") for plan in plans]
    assert bands[0] != bands[1]
    for plan in plans:
        del plan["seed"], plan["workloads"][0]["holds"]
        plan["summary"] = [line for line in plan["summary"] if "how sure" not in line]
        for value in plan["workloads"][0]["metrics"].values():
            value.pop("low", None)
            value.pop("high", None)
    assert plans[0] == plans[1]


def test_nothing_of_the_machine_goes_in(document, tmp_path, plan_text):
    path = tmp_path / "secret-folder" / "case.yaml"
    path.parent.mkdir()
    path.write_text(SMALL, encoding="utf-8")
    text = search(load_case(path), samples=0).to_json()
    assert "secret-folder" not in text
    assert str(tmp_path) not in text
    assert os.environ.get("HOME", "/root") not in text
