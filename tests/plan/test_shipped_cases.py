"""The shipped cases plan, keep their limits, and lie where published results say they should."""

from __future__ import annotations

import pytest

from rackwright.plan import api
from rackwright.plan.case import parse_case
from rackwright.plan.case_schema import shipped_case, shipped_cases

# How far a metric may lie outside the published span, relative to the nearer end; wide where the published number is of
# one engine or one contract. The figures are on the validation page.
BEYOND = {
    "mfu": 0.15,
    "duration": 0.10,
    "interruptions": 0.05,
    "goodput": 0.02,
    "accelerators": 0.25,
    "tpot_mean": 0.05,
    "annual_cost": 0.30,
    "usd_per_mtoken": 0.30,
    "usd_per_accelerator_hour": 0.10,
    "usd_per_mw_year": 0.05,
}


@pytest.fixture(scope="module", params=[name for name in shipped_cases() if name != "starter"])
def planned(request):
    case = parse_case(shipped_case(request.param), file=f"{request.param}.yaml")
    return case, api.search(case, samples=0)


def test_a_shipped_case_keeps_every_limit(planned) -> None:
    case, plan = planned
    assert plan.feasible, plan.document["headline"]
    assert [part["design"]["workload"] for part in plan.document["workloads"]] == [w.name for w in case.workloads]


def test_a_shipped_case_lies_near_what_is_published(planned) -> None:
    case, plan = planned
    compared = 0
    for workload, part in zip(case.workloads, plan.document["workloads"], strict=True):
        for key, (low, high, source) in workload.reference.items():
            value = part["metrics"][key]["value"]
            assert low * (1 - BEYOND[key]) <= value <= high * (1 + BEYOND[key]), f"{workload.name}: {key}, {source}"
            compared += 1
        assert len(part["reference"]) == len(workload.reference)
    assert compared


def test_what_was_searched_adds_up(planned) -> None:
    _, plan = planned
    for search in plan.document["search"]:
        assert search["designs"] == search["feasible"] + sum(item["count"] for item in search["rejected"])
