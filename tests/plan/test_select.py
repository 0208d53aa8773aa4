"""The choice of a plan against trying every combination of random pools."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackwright.plan import select
from rackwright.plan.case_records import CaseLimits
from rackwright.plan.metrics import OBJECTIVES
from rackwright.plan.select import Pool, case_bounds, choose, objective_values, plan_totals

ADDED = ("total_cost", "annual_cost", "energy", "carbon", "racks", "capex", "water", "it_power", "facility_power")
KEYS = (*ADDED, "accelerators", "usd_per_mtoken", "ready_date", "first_tokens", "feeder_power", "replica_size")
BOUNDED = ("feeder_power", "racks", "capex", "ready_date", "carbon", "water")


def pool(seed, count, sites=2, broken=0.2, like=()):
    """Return a pool of random designs, `like` the metrics they do not differ in, all with the same tokens."""
    draws = np.random.default_rng(seed)
    metrics = {key: draws.uniform(1.0, 10.0, count) for key in KEYS}
    metrics["usd_per_mtoken"] = metrics["annual_cost"] / draws.uniform(1.0, 10.0)
    metrics["replica_size"] = draws.choice([1.0, 2.0, 4.0], count)
    metrics.update({key: np.ones(count) for key in like})
    margins = np.where(draws.random(count) < broken, -draws.random(count) - 0.01, draws.random(count))
    rows = np.arange(count)
    return Pool((), metrics, margins, np.zeros(count, dtype=np.intp), rows, draws.integers(0, sites, count))


def every_combination(pools, weights, bounds):
    """Return (score, worst margin, replica sizes) of every combination, by the definition of each total."""
    totals = {}
    for picks in itertools.product(*(range(len(item.margins)) for item in pools)):
        chosen = [(item, at) for item, at in zip(pools, picks, strict=True)]

        def values(key, chosen=chosen):
            return [item.metrics[key][at] for item, at in chosen]

        total = {key: sum(values(key)) for key in ADDED}
        tokens = [a / p for a, p in zip(values("annual_cost"), values("usd_per_mtoken"), strict=True)]
        total["usd_per_mtoken"] = total["annual_cost"] / sum(tokens)
        total["ready_date"] = max(values("ready_date"))
        by_site = {}
        for item, at in chosen:
            by_site[item.site[at]] = by_site.get(item.site[at], 0.0) + item.metrics["feeder_power"][at]
        total["feeder_power"] = max(by_site.values())
        own = min(item.margins[at] for item, at in chosen)
        worst = min([own, *((bound - total[key]) / bound for _, key, bound in bounds)])
        totals[picks] = (total, own, worst, sum(values("replica_size")))
    possible = [total for total, own, _, _ in totals.values() if own >= 0]
    least = {key: min(total[key] for total in possible) for key in weights} if possible else {}
    return {
        picks: (sum(w * total[key] / least[key] for key, w in weights.items()) if least else 0.0, worst, size)
        for picks, (total, _, worst, size) in totals.items()
    }


WEIGHTS = st.dictionaries(st.sampled_from(OBJECTIVES), st.floats(0.1, 1.0), min_size=1, max_size=3)
LIMITS = st.dictionaries(st.sampled_from(BOUNDED), st.floats(5.0, 25.0), max_size=2)


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 10**6),
    st.lists(st.integers(1, 12), min_size=1, max_size=2),
    WEIGHTS,
    LIMITS,
    st.sampled_from([(), ("replica_size", "feeder_power", "racks", "capex", "water")]),
)
def test_the_choice_is_the_best_of_all_combinations(seed, counts, weights, limits, like):
    pools = [pool(seed + at, count, like=like) for at, count in enumerate(counts)]
    bounds = [(key, key, bound) for key, bound in limits.items()]
    everything = every_combination(pools, weights, bounds)
    choice = choose(pools, weights, bounds)
    score, worst, size = everything[choice.picks]
    kept = {picks: value for picks, value in everything.items() if value[1] >= 0}
    assert choice.feasible == bool(kept)
    if kept:
        best = min(value[0] for value in kept.values())
        assert worst >= 0
        assert score <= best * (1.005 + 1e-9)
        as_good = [value for value in kept.values() if value[0] <= best * (1.005 - 1e-9)]
        assert size <= min(value[2] for value in as_good)
    else:
        assert worst < 0


def test_an_objective_counts_by_its_share_of_the_plan_and_not_of_the_workload():
    """A small workload that saves much of its own carbon at some cost saves the plan less than it costs."""
    large, small = pool(1, 1, sites=1, broken=0.0), pool(2, 2, sites=1, broken=0.0)
    for key in KEYS:
        large.metrics[key][:], small.metrics[key][:] = 1.0, 1.0
    large.metrics["total_cost"][:], large.metrics["carbon"][:] = 1.0, 1000.0
    small.metrics["total_cost"][:], small.metrics["carbon"][:] = [1.0, 1.5], [10.0, 1.0]
    weights = {"total_cost": 0.5, "carbon": 0.5}
    assert int(np.argmin(objective_values(small, weights))) == 1
    assert choose([large, small], weights, []).picks == (0, 0)


def test_without_a_feasible_plan_the_nearest_miss_is_chosen():
    one = pool(1, 6, broken=0.0)
    choice = choose([one], {"total_cost": 1.0}, [("budget", "capex", 1e-3)])
    assert not choice.feasible
    assert choice.picks == (int(np.argmin(one.metrics["capex"])),)
    assert choice.margins["budget"] == pytest.approx((1e-3 - one.metrics["capex"].min()) / 1e-3)
    broken = pool(2, 6, broken=1.0)
    assert choose([broken], {"total_cost": 1.0}, []).picks == (int(np.argmax(broken.margins)),)


def test_a_plan_of_which_one_workload_is_broken_is_broken():
    good, bad = pool(1, 4, broken=0.0), pool(2, 4, broken=1.0)
    choice = choose([good, bad], {"total_cost": 1.0}, [])
    assert not choice.feasible
    assert choice.picks[1] == int(np.argmax(bad.margins))


def test_power_adds_up_at_a_site_and_not_between_sites():
    one, two = pool(1, 2), pool(2, 2)
    vars(one)["site"][:], vars(two)["site"][:] = [0, 1], [0, 1]
    grid = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    feeder = plan_totals([one, two], grid)["feeder_power"]
    a, b = one.metrics["feeder_power"], two.metrics["feeder_power"]
    assert feeder == pytest.approx([a[0] + b[0], max(a[0], b[1]), max(a[1], b[0]), a[1] + b[1]])


def test_totals_add_up_and_dates_wait_for_the_last():
    one, two = pool(1, 1), pool(2, 1)
    totals = {key: values[0] for key, values in plan_totals([one, two], np.array([[0, 0]])).items()}
    for key in (*ADDED, "accelerators"):
        assert totals[key] == pytest.approx(one.metrics[key][0] + two.metrics[key][0]), key
    assert totals["ready_date"] == max(one.metrics["ready_date"][0], two.metrics["ready_date"][0])
    assert totals["first_tokens"] == min(one.metrics["first_tokens"][0], two.metrics["first_tokens"][0])
    prices = sorted([one.metrics["usd_per_mtoken"][0], two.metrics["usd_per_mtoken"][0]])
    assert prices[0] < totals["usd_per_mtoken"] < prices[1]


def test_of_plans_as_good_as_the_best_the_one_with_small_replicas_is_taken():
    one = pool(1, 3, sites=1, broken=0.0)
    one.metrics["total_cost"][:] = [1.0, 1.004, 1.006]
    one.metrics["replica_size"][:] = [8.0, 2.0, 1.0]
    assert choose([one], {"total_cost": 1.0}, []).picks == (1,)
    one.metrics["replica_size"][:] = [2.0, 2.0, 1.0]
    assert choose([one], {"total_cost": 1.0}, []).picks == (0,)


def test_the_score_of_the_best_feasible_design_is_the_sum_of_weights():
    one = pool(3, 20)
    score = objective_values(one, {"total_cost": 1.0})
    assert score[one.feasible].min() == pytest.approx(1.0)
    weighed = objective_values(one, {"total_cost": 0.5, "carbon": 0.5})
    assert weighed[one.feasible].min() >= 1.0


def test_long_lists_are_cut_best_first(monkeypatch):
    monkeypatch.setattr(select, "MOST_COMBINATIONS", 9)
    pools = [pool(seed, 40) for seed in (1, 2)]
    choice = choose(pools, {"total_cost": 1.0}, [])
    for item, at in zip(pools, choice.picks, strict=True):
        assert item.metrics["total_cost"][at] <= item.metrics["total_cost"][item.feasible].min() * 1.005


def test_only_stated_limits_bound():
    assert case_bounds(CaseLimits()) == ()
    found = case_bounds(CaseLimits(site_power=1e6, racks=4.0, budget=5.0, ready_by=6.0, carbon=7.0, water=8.0))
    assert {key: bound for _, key, bound in found} == {
        "feeder_power": 1e6, "racks": 4.0, "capex": 5.0, "ready_date": 6.0, "carbon": 7.0, "water": 8.0,
    }  # fmt: skip
