"""Choose one design per workload so that the whole plan keeps the case's limits and its objective is smallest.

    cost, energy, carbon, racks, budget, water   add up over workloads                                  (1)
    price per Mtoken                             sum of cost / sum of tokens                            (2)
    date                                         the latest                                             (3)
    site power                                   adds up per site; the fullest site counts              (4)
    score = sum_k w_k T_k / min T_k              T_k: objective k of the whole plan                     (5)

Plans within half a per cent of the best score are as good as it: whole machines make many mappings cost the same. Of
those the one with the smallest replicas is taken, which is the simplest to run.

Every workload enters with the designs that may be part of the best plan: those no other design of it beats in the
objectives and in everything the case limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rackwright.plan.case_records import CaseLimits
from rackwright.plan.pareto import pareto_front
from rackwright.plan.search import Bound, Findings

Array = NDArray[np.float64]
MOST_COMBINATIONS = 200_000
_AS_GOOD = 0.005
_LIMITED = ("feeder_power", "racks", "capex", "carbon", "water", "ready_date")


@dataclass(frozen=True)
class Pool:
    """All located designs of one workload: metrics (designs,), which findings and row each came from."""

    findings: tuple[Findings, ...]
    metrics: Mapping[str, Array]
    margins: Array
    source: NDArray[np.intp]
    row: NDArray[np.intp]
    site: NDArray[np.intp]

    @property
    def feasible(self) -> NDArray[np.bool_]:
        """Which designs keep every limit."""
        return self.margins >= 0


@dataclass(frozen=True)
class Choice:
    """The chosen design of every workload (position in its pool), and the totals of the plan."""

    picks: tuple[int, ...]
    totals: Mapping[str, float]
    feasible: bool
    margins: Mapping[str, float]


def case_bounds(limits: CaseLimits) -> tuple[Bound, ...]:
    """Return the limits of a case as (name, metric, bound)."""
    stated = (
        ("site power", "feeder_power", limits.site_power),
        ("racks", "racks", limits.racks),
        ("budget", "capex", limits.budget),
        ("ready by", "ready_date", limits.ready_by),
        ("carbon", "carbon", limits.carbon),
        ("water", "water", limits.water),
    )
    return tuple((name, key, float(bound)) for name, key, bound in stated if bound is not None)


def pool_of(findings: Sequence[Findings]) -> Pool:
    """Join what the problems of one workload found."""
    usable = [item for item in findings if item.design is not None]
    keys = usable[0].metrics.keys() if usable else ()
    return Pool(
        findings=tuple(findings),
        metrics={key: np.concatenate([item.metrics[key] for item in usable]) for key in keys},
        margins=np.concatenate([item.margins for item in findings]) if findings else np.empty(0),
        source=np.concatenate([np.full(item.count, at, dtype=np.intp) for at, item in enumerate(findings)]),
        row=np.concatenate([np.arange(item.count, dtype=np.intp) for item in findings]),
        site=np.concatenate([item.design.site[:, 0] for item in usable if item.design is not None])
        if usable
        else np.empty(0, dtype=np.intp),
    )


def choose(pools: Sequence[Pool], weights: Mapping[str, float], bounds: Sequence[Bound]) -> Choice:
    """Return the best plan that keeps all limits, or the nearest miss when there is none."""
    most = max(2, int(MOST_COMBINATIONS ** (1.0 / len(pools))))
    lists = [_contenders(pool, weights, most) for pool in pools]
    grid = np.stack([axis.ravel() for axis in np.meshgrid(*lists, indexing="ij")], axis=1)
    totals = plan_totals(pools, grid)
    margins = {name: (bound - totals[key]) / abs(bound) for name, key, bound in bounds}
    worst = np.min(
        [np.min([pool.margins[grid[:, at]] for at, pool in enumerate(pools)], axis=0), *margins.values()], axis=0
    )
    kept = worst >= 0
    score = sum(
        weight * totals[key] / max(float(np.min(np.abs(totals[key]))), 1e-300) for key, weight in weights.items()
    )
    best = _simplest_of_best(pools, grid, np.where(kept, score, np.inf)) if kept.any() else int(np.argmax(worst))
    return Choice(
        picks=tuple(int(at) for at in grid[best]),
        totals={key: float(values[best]) for key, values in totals.items()},
        feasible=bool(kept[best]),
        margins={name: float(values[best]) for name, values in margins.items()},
    )


def _simplest_of_best(pools: Sequence[Pool], grid: NDArray[np.intp], score: Array) -> int:
    good = np.flatnonzero(score <= score.min() * (1.0 + _AS_GOOD))
    size = np.sum([pool.metrics["replica_size"][grid[good, at]] for at, pool in enumerate(pools)], axis=0)
    return int(good[np.lexsort((good, score[good], size))[0]])


def plan_totals(pools: Sequence[Pool], grid: NDArray[np.intp]) -> dict[str, Array]:
    """Return the totals (1)-(4) of every combination; `grid` is (combinations, workloads)."""

    def column(key: str) -> Array:
        return np.stack([pool.metrics[key][grid[:, at]] for at, pool in enumerate(pools)], axis=1)

    added = ("total_cost", "annual_cost", "energy", "carbon", "racks", "capex", "water", "it_power", "facility_power")
    totals = {key: column(key).sum(axis=1) for key in (*added, "accelerators")}
    price, annual = column("usd_per_mtoken"), column("annual_cost")
    totals["usd_per_mtoken"] = annual.sum(axis=1) / (annual / price).sum(axis=1)
    totals["ready_date"] = column("ready_date").max(axis=1)
    totals["first_tokens"] = column("first_tokens").min(axis=1)
    feeder = column("feeder_power")
    sites = np.stack([pool.site[grid[:, at]] for at, pool in enumerate(pools)], axis=1)
    totals["feeder_power"] = np.max([(feeder * (sites == code)).sum(axis=1) for code in np.unique(sites)], axis=0)
    return totals


def objective_values(pool: Pool, weights: Mapping[str, float]) -> Array:
    """Return the score (5) of every design of one workload on its own; (designs,)."""
    usable = pool.feasible if pool.feasible.any() else np.ones(len(pool.margins), dtype=bool)
    score = np.zeros(len(pool.margins))
    for key, weight in weights.items():
        values = pool.metrics[key]
        score = score + weight * values / max(float(np.min(np.abs(values[usable]))), 1e-300)
    return score


def _contenders(pool: Pool, weights: Mapping[str, float], most: int) -> NDArray[np.intp]:
    """Return the designs of one workload that may be part of the best plan, best first."""
    candidates = np.flatnonzero(pool.feasible)
    if not len(candidates):
        return np.argsort(-pool.margins, kind="stable")[:1].astype(np.intp)
    score = objective_values(pool, weights)
    # The plan's score weighs totals, not the scores of workloads, so every objective counts on its own.
    columns = [pool.metrics[key] for key in dict.fromkeys((*weights, *_LIMITED, "replica_size"))]
    kept: list[NDArray[np.intp]] = []
    for site in np.unique(pool.site[candidates]):
        here = candidates[pool.site[candidates] == site]
        here = here[np.argsort(score[here], kind="stable")[:5000]]
        kept.append(here[pareto_front(np.stack([column[here] for column in columns], axis=1))])
    contenders = np.concatenate(kept)
    return contenders[np.argsort(score[contenders], kind="stable")[:most]].astype(np.intp)
