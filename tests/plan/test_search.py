"""The search against trying everything: the same best designs, and every design accounted for."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import numpy as np
import pytest

from rackwright.base.limit import Limit
from rackwright.plan import search
from rackwright.plan.case import parse_case
from rackwright.plan.case_catalogue import catalogue_of
from rackwright.plan.designs import repeat
from rackwright.plan.evaluate import evaluate
from rackwright.plan.layout import layout_limits
from rackwright.plan.mapping_space import design_of
from rackwright.plan.metrics import OBJECTIVES, metrics_of
from rackwright.plan.pareto import pareto_front
from rackwright.plan.planner import spaces_of
from rackwright.plan.search import case_limits, search_problem, smallest_margin
from rackwright.plan.select import case_bounds
from rackwright.plan.world import World

SERVE = """
serve:
  model: {model}
  traffic: {{requests: {rate} requests/s}}
  input: {{mean: 1000, p90: 2000}}
  output: {{mean: 200, p90: 400}}
  latency: {{ttft: {ttft}, tpot: {tpot}}}
  precision: {precision}
"""
TRAIN = """
train:
  model: llama-3.1-8b
  tokens: 200B tokens
  sequence_length: 8192
  global_batch: 256 sequences
  deadline: 40 days
  precision: bf16
"""
SPACES = {
    "service": (
        SERVE.format(model="llama-3.1-70b", rate=300, ttft="1 s", tpot="30 ms", precision="fp8"),
        "mapping: {tp: [1, 2, 4, 8], pp: [1, 2]}",
        "limits: {site_power: 800 kW}",
    ),
    "small service": (
        SERVE.format(model="llama-3.1-8b", rate=5, ttft="1 s", tpot="30 ms", precision="bf16"),
        "mapping: {tp: [1, 2, 4], pp: 1}",
        "",
    ),
    "mixture": (
        SERVE.format(model="deepseek-v3", rate=100, ttft="1 s", tpot="50 ms", precision="fp8"),
        "mapping: {tp: [1, 2, 4, 8], pp: 1, dp: [1, 4, 16, 32], batch: [32, 64, 128, 256, 512, 1024]}",
        "limits: {budget: $40M}",
    ),
    "pools": (
        SERVE.format(model="llama-3.1-70b", rate=300, ttft="3 s", tpot="30 ms", precision="fp8"),
        "mode: disaggregated, mapping: {tp: [2, 4, 8], pp: 1, batch: [16, 32, 64, 128]}, "
        "prefill: {tp: [1, 2, 4, 8], pp: 1}",
        "",
    ),
    "training": (
        TRAIN,
        "mapping: {tp: [1, 2, 4], pp: [1, 2], micro_batch: [1, 2], interleave: 1, zero: [1, 3]}",
        "limits: {carbon: 4 tCO2e}",
    ),
}


def made(name):
    work, candidates, rest = SPACES[name]
    text = (
        f"name: {name}\nworkloads:\n  - name: work\n{textwrap.indent(work.strip(), '    ')}\n"
        f"candidates: {{systems: [hgx-h100, gb200-nvl72], sites: [dallas-tx, columbus-oh], "
        f"cooling: [direct-to-chip-dry, air-chiller], {candidates}}}\n{rest}\n"
    )
    case = parse_case(text)
    world = World(catalogue_of(case), case)
    workload = case.workloads[0]
    ((problem, space),) = spaces_of(workload, world)
    places = [
        (site, world.coolings.index(cooling))
        for site in world.site_codes(workload.candidates.sites)
        for cooling in workload.candidates.coolings
    ]
    return world, problem, space, places, case_bounds(case.limits)


def tried_all(world, problem, space, places, bounds):
    """Evaluate every design at every place; return its metrics and whether it keeps every limit."""
    design = repeat(design_of(space.rows(np.arange(space.size)), problem), places)
    count = len(design.system)
    outcome = evaluate(design, problem, world)
    limits = (*layout_limits(design, problem), *outcome.limits, *case_limits(outcome, bounds, problem.kind))
    feasible = smallest_margin(limits, count)[0] >= 0
    metrics = {
        item.key: np.broadcast_to(np.asarray(item.read(outcome), dtype=float), (count, 1))[:, 0]
        for item in metrics_of(problem.kind)
    }
    return metrics, feasible, design


@pytest.fixture(scope="module", params=list(SPACES))
def found(request):
    """Return what the search found with no mapping kept but those that may win, and what there is to find."""
    parts = made(request.param)
    world, problem, space, places, bounds = parts
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "NEXT_BEST", 0)
        findings = search_problem(problem, space, places, bounds, world, lambda _count: None)
    return findings, tried_all(*parts), len(places)


def test_the_best_of_every_objective_is_found(found):
    findings, (metrics, feasible, _), _ = found
    assert feasible.any()
    assert not feasible.all()
    for key in OBJECTIVES:
        best = metrics[key][feasible].min()
        assert findings.metrics[key][findings.margins >= 0].min() == pytest.approx(best, rel=1e-9), key


def test_nothing_on_the_front_is_lost(found):
    """No design left out beats what was kept in any mix of objectives."""
    findings, (metrics, feasible, _), _ = found
    keys = (*OBJECTIVES, "feeder_power", "capex")
    everything = np.stack([metrics[key][feasible] for key in keys], axis=1)
    kept = np.stack([findings.metrics[key][findings.margins >= 0] for key in keys], axis=1)
    for point in everything[pareto_front(everything)]:
        assert (kept <= point * (1 + 1e-9)).all(axis=1).any()


def test_every_design_is_accounted_for(found):
    findings, (_, feasible, _), places = found
    assert findings.enumerated == findings.space.size * places
    assert findings.enumerated == findings.feasible + sum(findings.rejected.values())
    assert min(findings.rejected.values()) >= 0
    dominated = findings.rejected[search.DOMINATED]
    assert findings.feasible <= feasible.sum() <= findings.feasible + dominated


def test_what_is_kept_is_what_was_evaluated(found):
    findings, (metrics, feasible, design), _ = found
    known = {
        (*row, round(price, 9)): ok
        for row, price, ok in zip(
            np.hstack([design.system, design.site, design.cooling]).tolist(),
            metrics["usd_per_mtoken"],
            feasible,
            strict=True,
        )
    }
    kept = findings.design
    rows = np.hstack([kept.system, kept.site, kept.cooling]).tolist()
    for row, price, margin in zip(rows, findings.metrics["usd_per_mtoken"], findings.margins, strict=True):
        if margin >= 0:
            assert (*row, round(price, 9)) in known


@pytest.mark.parametrize("name", ["service", "training"])
def test_small_blocks_find_the_same(name, monkeypatch):
    world, problem, space, places, bounds = made(name)
    reports = []
    whole = search_problem(problem, space, places, bounds, world, lambda _count: None)
    monkeypatch.setattr(search, "BLOCK", 37)
    cut = search_problem(problem, space, places, bounds, world, reports.append)
    assert sum(reports) == space.size
    assert max(reports) == 37
    assert cut.rejected == whole.rejected
    assert cut.feasible == whole.feasible
    for key in OBJECTIVES:
        assert cut.metrics[key][cut.margins >= 0].min() == whole.metrics[key][whole.margins >= 0].min()


def test_counts_of_a_search_with_little_room_are_exact(monkeypatch):
    """With room for every mapping nothing is dominated, and the counts are those of trying everything."""
    parts = made("small service")
    monkeypatch.setattr(search, "NEXT_BEST", 10**6)
    monkeypatch.setattr(search, "LOCATED", 10**9)
    findings = search_problem(parts[1], parts[2], parts[3], parts[4], parts[0], lambda _count: None)
    _, feasible, _ = tried_all(*parts)
    assert findings.rejected[search.DOMINATED] == 0
    assert findings.feasible == feasible.sum()


def test_where_nothing_can_be_laid_out_the_nearest_misses_are_kept():
    world, problem, space, places, bounds = made("training")
    problem = replace(problem, accelerators=1000)
    findings = search_problem(problem, space, places, bounds, world, lambda _count: None)
    assert findings.feasible == 0
    assert findings.enumerated == sum(findings.rejected.values())
    assert findings.count > 0
    nearest = int(np.argmax(findings.margins))
    assert findings.tightest[nearest] == "job on the stated 1,000 accelerators"
    assert findings.metrics["replica_size"][nearest] == 1024.0
    assert findings.margins[nearest] == pytest.approx(-0.024)


def test_unknown_margins_are_broken_ones():
    limits = (
        Limit("a", "1", np.array([[1.0], [np.nan]]), 2.0),
        Limit("b", "1", np.array([[1.5], [1.0]]), 2.0),
    )
    margins, tightest = smallest_margin(limits, 2)
    assert margins.tolist() == [0.25, -np.inf]
    assert tightest.tolist() == [1, 0]
