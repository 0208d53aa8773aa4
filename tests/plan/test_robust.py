"""Confidence: what holds at the stated facts need not hold in most draws of their ranges."""

from __future__ import annotations

import numpy as np
import pytest

from rackwright.base.limit import Limit
from rackwright.plan import api
from rackwright.plan.case_catalogue import catalogue_of
from rackwright.plan.designs import one_row, rows_of
from rackwright.plan.planner import spaces_of
from rackwright.plan.robust import CONFIDENCE, DRAWS, holds, kept, require_confidence
from rackwright.plan.search import Findings, search_problem
from rackwright.plan.world import World

CASE = """
name: small
workloads:
  - name: chat
    serve:
      model: llama-3.1-8b
      traffic: {requests: 200 requests/s}
      input: 1000
      output: 200
      latency: {ttft: 1 s, tpot: 9 ms}
      precision: fp8
candidates: {systems: hgx-h100, sites: dallas-tx, cooling: direct-to-chip-dry, mapping: {tp: 1, pp: 1}}
"""


@pytest.fixture(scope="module")
def world() -> World:
    case = api.load(CASE)
    return World(catalogue_of(case), case)


@pytest.fixture(scope="module")
def sampled(world: World) -> World:
    return world.with_catalogue(world.catalogue.sampled(DRAWS, 1))


def found(world: World) -> Findings:
    problem, space = spaces_of(world.case.workloads[0], world)[0]
    places = [(world.locations.code("dallas-tx"), 0)]
    return search_problem(problem, space, places, (), world, lambda _count: None)


def test_a_block_holds_as_its_designs_do_alone(world: World, sampled: World) -> None:
    findings = found(world)
    rows = np.flatnonzero(findings.margins >= 0)[:4]
    together = holds(rows_of(findings.design, rows), findings.problem, (), sampled)
    alone = [holds(one_row(findings.design, int(row)), findings.problem, (), sampled)[0] for row in rows]
    assert together.tolist() == alone


def test_the_confidence_asked_turns_designs_away_and_is_counted(world: World, sampled: World) -> None:
    findings = found(world)
    before, rejected = findings.feasible, sum(findings.rejected.values())
    feasible = np.flatnonzero(findings.margins >= 0)
    share = holds(rows_of(findings.design, feasible), findings.problem, (), sampled)
    require_confidence(findings, 0.9, (), sampled)
    assert 0 < findings.feasible < before
    assert findings.feasible == (findings.margins >= 0).sum() == (share >= 0.9).sum()
    assert findings.rejected[CONFIDENCE] == before - findings.feasible
    assert sum(findings.rejected.values()) - rejected == findings.rejected[CONFIDENCE]
    assert set(findings.tightest[feasible[share < 0.9]]) == {CONFIDENCE}


def test_a_limit_that_is_not_a_number_is_not_kept() -> None:
    assert not kept([Limit("memory", "B", np.full((2, DRAWS), np.nan), 1.0)], 2).any()
    assert kept([Limit("memory", "B", np.ones((2, 1)), 1.0)], 2).all()


def test_a_plan_that_asks_more_confidence_holds_more_often_and_costs_no_less() -> None:
    plans = [api.search(api.load(CASE + f"limits: {{confidence: {share} %}}\n"), samples=DRAWS) for share in (0, 95)]
    risky, safe = (plan.document["workloads"][0] for plan in plans)
    assert safe["holds"] > risky["holds"]
    assert safe["metrics"]["total_cost"]["value"] >= risky["metrics"]["total_cost"]["value"]
