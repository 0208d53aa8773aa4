"""The designs that lost: who is named, in what order, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rackwright.base.format import format_share
from rackwright.plan.case import parse_case
from rackwright.plan.case_catalogue import catalogue_of
from rackwright.plan.metrics import METRICS
from rackwright.plan.planner import spaces_of
from rackwright.plan.rivals import (
    _REASONS,
    _SAME,
    MOST_POINTS,
    _broken,
    _why,
    design_at,
    pareto_of,
    runners_up,
    search_view,
)
from rackwright.plan.search import search_problem
from rackwright.plan.select import case_bounds, choose, pool_of
from rackwright.plan.world import World

TEXT = """
name: rivals
workloads:
  - name: chat
    serve:
      model: llama-3.1-70b
      traffic: {requests: 100 requests/s}
      input: {mean: 1000, p90: 2000}
      output: {mean: 200, p90: 400}
      latency: {ttft: 1 s, tpot: 30 ms}
      precision: [bf16, fp8]
candidates:
  systems: [hgx-h100, hgx-b200, mi300x-8oam]
  sites: [dallas-tx, columbus-oh]
  cooling: [direct-to-chip-dry, air-chiller]
  mapping: {tp: [2, 4, 8], pp: 1, batch: [16, 32, 64]}
"""
WEIGHTS = {"usd_per_mtoken": 1.0}


@pytest.fixture(scope="module")
def searched():
    """Return the pool of a case, the pick and the world."""
    case = parse_case(TEXT)
    world = World(catalogue_of(case), case)
    workload = case.workloads[0]
    places = [
        (site, world.coolings.index(cooling))
        for site in world.site_codes(workload.candidates.sites)
        for cooling in workload.candidates.coolings
    ]
    bounds = case_bounds(case.limits)
    found = [
        search_problem(problem, space, places, bounds, world, lambda _count: None)
        for problem, space in spaces_of(workload, world)
    ]
    pool = pool_of(found)
    return pool, choose([pool], WEIGHTS, bounds).picks[0], world


def signed(change: float) -> str:
    return f"{'+' if change > 0 else ''}{format_share(round(change, 3))}"


def test_a_pool_is_all_that_was_found(searched):
    pool, _, _ = searched
    assert len(pool.findings) == 2
    assert len(pool.margins) == sum(item.count for item in pool.findings) == len(pool.metrics["capex"])
    for at in (0, len(pool.margins) // 2, len(pool.margins) - 1):
        design, problem = design_at(pool, at)
        assert design.system.shape == (1, 1)
        assert design.site[0, 0] == pool.site[at]
        assert problem is pool.findings[int(pool.source[at])].problem


def test_every_other_system_site_and_cooling_has_its_best_named(searched):
    pool, pick, world = searched
    chosen, _ = design_at(pool, pick)
    system, site = world.systems.ids[int(chosen.system[0, 0])], world.locations.ids[int(chosen.site[0, 0])]
    rivals = runners_up(pool, pick, WEIGHTS, world)
    others = {rival["design"]["system"] for rival in rivals if rival["design"]["system"] != system}
    assert others == {"hgx-h100", "hgx-b200", "mi300x-8oam"} - {system}
    same = [rival["design"] for rival in rivals if rival["design"]["system"] == system]
    assert {design["site"] for design in same if design["site"] != site} == {"dallas-tx", "columbus-oh"} - {site}
    systems = np.array([design_at(pool, at)[0].system[0, 0] for at in range(len(pool.margins))])
    for rival in (item for item in rivals if item["design"]["system"] != system):
        same = (systems == world.systems.code(rival["design"]["system"])) & pool.feasible
        assert rival["feasible"] == same.any()
        if rival["feasible"]:
            assert rival["metrics"]["usd_per_mtoken"]["value"] == pool.metrics["usd_per_mtoken"][same].min()


def test_feasible_rivals_come_first_and_best_first(searched):
    pool, pick, world = searched
    rivals = runners_up(pool, pick, WEIGHTS, world)
    feasible = [rival["feasible"] for rival in rivals]
    assert feasible == sorted(feasible, reverse=True)
    prices = [rival["metrics"]["usd_per_mtoken"]["value"] for rival in rivals if rival["feasible"]]
    assert prices == sorted(prices)


def test_why_a_rival_lost_is_said(searched):
    pool, pick, world = searched
    best = pool.metrics["usd_per_mtoken"][pick]
    for rival in runners_up(pool, pick, WEIGHTS, world):
        if not rival["feasible"]:
            assert rival["why"].startswith("breaks ")
            continue
        change = rival["metrics"]["usd_per_mtoken"]["value"] / best - 1.0
        opening, _, reasons = rival["why"].partition(": ")
        assert opening.split(";")[0] == (
            "as good by the objective" if abs(change) < _SAME else f"objective {signed(change)}"
        )
        moved = rival["metrics"]["feeder_power"]["value"] / pool.metrics["feeder_power"][pick] - 1.0
        if "grid connection" in reasons:
            assert (
                f"{format_share(round(abs(moved), 2))} {'larger' if moved > 0 else 'smaller'} grid connection"
                in reasons
            )


def test_reasons_say_which_way(searched):
    """A rival that differs in one number alone is said to differ in that number alone."""
    pool, pick, _ = searched
    size = len(pool.margins)
    alike = {key: np.full(size, values[pick] or 1.0) for key, values in pool.metrics.items()}
    other = (pick + 1) % size
    score = np.ones(size)
    for key, (more, less) in _REASONS.items():
        for factor, words in ((1.2, more), (0.8, less)):
            values = alike[key].copy()
            values[other] *= factor
            moved = replace(pool, metrics={**alike, key: values})
            assert _why(moved, other, pick, score).partition("objective")[2].lstrip(":; but") == words.format("20 %")


def test_broken_designs_name_the_limit_they_break(searched):
    pool, pick, world = searched
    broken = np.flatnonzero(~pool.feasible)
    assert len(broken)
    for at in broken[:20]:
        name = pool.findings[int(pool.source[at])].tightest[int(pool.row[at])]
        assert _broken(pool, int(at)).startswith(f"breaks {name} by {format_share(round(-float(pool.margins[at]), 2))}")


def test_the_front_holds_what_nothing_beats(searched):
    pool, pick, world = searched
    objectives = ("usd_per_mtoken", "carbon")
    front = pareto_of(pool, pick, objectives, world)
    feasible = np.stack([pool.metrics[key][pool.feasible] for key in objectives], axis=1)
    for point in front["points"]:
        beaten = ((feasible <= point["values"]).all(axis=1) & (feasible < point["values"]).any(axis=1)).any()
        assert point["front"] is not bool(beaten)
    assert sum(point["recommended"] for point in front["points"]) == 1
    assert len(front["points"]) <= MOST_POINTS + 4
    assert front["labels"] == [METRICS[key].label for key in objectives]
    shown = {point["design"]["system"] for point in front["points"]}
    able = {world.systems.ids[int(design_at(pool, int(at))[0].system[0, 0])] for at in np.flatnonzero(pool.feasible)}
    assert able <= shown


def test_the_search_is_told_in_full(searched):
    pool, _, _ = searched
    view = search_view(pool)
    sizes = [item.space.size for item in pool.findings]
    assert view["designs"] == sum(sizes) * 4
    assert view["designs"] == view["feasible"] + sum(item["count"] for item in view["rejected"])
    counts = [item["count"] for item in view["rejected"]]
    assert counts == sorted(counts, reverse=True)
    assert min(counts) > 0
    assert not any(line.startswith("system") for line in view["space"])
