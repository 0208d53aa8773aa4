"""The designs that lost: runners-up with the reason, the Pareto front, and what was searched and why designs fell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rackwright.base.format import format_share, format_value
from rackwright.plan.designs import one_row
from rackwright.plan.document import Pareto, ParetoPoint, RejectionCount, RunnerUp, SearchView
from rackwright.plan.metrics import METRICS, metrics_of
from rackwright.plan.outcome import Design
from rackwright.plan.pareto import pareto_front
from rackwright.plan.problem import Problem
from rackwright.plan.select import Pool, objective_values
from rackwright.plan.view import design_view, metric_value
from rackwright.plan.world import World

MOST_RIVALS, MOST_POINTS = 8, 80
_SAME, _NOTABLE = 0.0005, 0.01
_COMPARED = ("usd_per_mtoken", "total_cost", "energy", "carbon", "ready_date", "capex", "feeder_power")
_REASONS = {
    "accelerators": ("needs {} more accelerators", "needs {} fewer accelerators"),
    "usd_per_accelerator_hour": ("an accelerator-hour costs {} more", "an accelerator-hour costs {} less"),
    "energy": ("draws {} more energy", "draws {} less energy"),
    "carbon": ("emits {} more", "emits {} less"),
    "feeder_power": ("wants a {} larger grid connection", "wants a {} smaller grid connection"),
    "ready_date": ("is ready {} later", "is ready {} sooner"),
    "water": ("drinks {} more water", "drinks {} less water"),
}


def design_at(pool: Pool, position: int) -> tuple[Design, Problem]:
    """Return one design of a pool as a block of one, with the problem it answers."""
    findings = pool.findings[int(pool.source[position])]
    if findings.design is None:
        raise IndexError(position)
    return one_row(findings.design, int(pool.row[position])), findings.problem


def runners_up(pool: Pool, pick: int, weights: Mapping[str, float], world: World) -> list[RunnerUp]:
    """Return the best design of every other system, then of every other site and cooling of the chosen system."""
    score = objective_values(pool, weights)
    rank = np.where(pool.feasible, score, np.inf)
    system, cooling = _codes(pool, "system"), _codes(pool, "cooling")
    same_system, same_site = system == system[pick], pool.site == pool.site[pick]
    rivals = [
        *_best_of_each(rank, pool, system, ~same_system),
        *_best_of_each(rank, pool, pool.site, same_system & ~same_site),
        *_best_of_each(rank, pool, cooling, same_system & same_site & (cooling != cooling[pick])),
    ]
    rivals.sort(key=lambda at: (not pool.feasible[at], score[at] if pool.feasible[at] else -pool.margins[at], at))
    return [_runner_up(pool, at, pick, score, world) for at in rivals[:MOST_RIVALS]]


def _codes(pool: Pool, name: str) -> NDArray[np.intp]:
    parts = [getattr(item.design, name)[:, 0] for item in pool.findings if item.design is not None]
    return np.concatenate(parts).astype(np.intp)


def _best_of_each(
    rank: NDArray[np.float64], pool: Pool, group: NDArray[np.intp], among: NDArray[np.bool_]
) -> list[int]:
    best = []
    for code in np.unique(group[among]):
        rows = np.flatnonzero(among & (group == code))
        feasible = rows[pool.feasible[rows]]
        best.append(int(feasible[np.argmin(rank[feasible])] if len(feasible) else rows[np.argmax(pool.margins[rows])]))
    return best


def _runner_up(pool: Pool, at: int, pick: int, score: NDArray[np.float64], world: World) -> RunnerUp:
    design, problem = design_at(pool, at)
    feasible = bool(pool.feasible[at])
    shown = [item for item in metrics_of(problem.kind) if item.key in (*_COMPARED, "pue", "accelerators")]
    return RunnerUp(
        workload=problem.name,
        design=design_view(design, problem, world),
        metrics={item.key: metric_value(item, float(pool.metrics[item.key][at])) for item in shown},
        why=_why(pool, at, pick, score) if feasible else _broken(pool, at),
        feasible=feasible,
    )


def _broken(pool: Pool, at: int) -> str:
    findings = pool.findings[int(pool.source[at])]
    name = str(findings.tightest[int(pool.row[at])])
    margin = float(pool.margins[at])
    by = f" by {format_share(round(-margin, 2))} of the bound" if np.isfinite(margin) else ""
    return f"breaks {name}{by}"


def _why(pool: Pool, at: int, pick: int, score: NDArray[np.float64]) -> str:
    """Say how much worse the objective is, what it comes from, and what would speak for the design."""
    worse = score[at] / score[pick] - 1.0
    opening = (
        "as good by the objective"
        if abs(worse) < _SAME
        else f"objective {'+' if worse > 0 else ''}{format_share(round(worse, 3))}"
    )
    known = {key: pool.metrics[key] for key in _REASONS if pool.metrics[key][pick]}
    changes = {key: values[at] / values[pick] - 1.0 for key, values in known.items()}
    notable = [key for key, change in changes.items() if abs(change) > _NOTABLE]
    against = [_reason(key, changes[key]) for key in notable if changes[key] > 0][:2]
    speaks_for = [_reason(key, changes[key]) for key in notable if changes[key] < 0][:2]
    text = f"{opening}: {', '.join(against)}" if against else opening
    return f"{text}; but {', '.join(speaks_for)}" if speaks_for else text


def _reason(key: str, change: float) -> str:
    return _REASONS[key][int(change < 0)].format(format_share(round(abs(change), 2)))


def pareto_of(pool: Pool, pick: int, objectives: Sequence[str], world: World) -> Pareto:
    """Return the front of one workload over the named objectives, thinned, with the best of every system beside it."""
    problem = pool.findings[0].problem
    items = [METRICS[key] for key in objectives]
    rows = np.flatnonzero(pool.feasible) if pool.feasible.any() else np.array([pick])
    values = np.stack([pool.metrics[item.key][rows] for item in items], axis=1)
    front = pareto_front(values)
    on_front = rows[front]
    order = on_front[np.argsort(pool.metrics[items[0].key][on_front], kind="stable")]
    thinned = order[np.unique(np.linspace(0, len(order) - 1, min(len(order), MOST_POINTS)).round().astype(int))]
    system = _codes(pool, "system")
    rank = np.where(pool.feasible, pool.metrics[items[0].key], np.inf)
    beside = _best_of_each(rank, pool, system, pool.feasible) if pool.feasible.any() else []
    listed = list(dict.fromkeys([*thinned.tolist(), *beside, pick]))
    members = set(on_front.tolist())
    points = []
    for at in listed:
        design, its_problem = design_at(pool, at)
        view = design_view(design, its_problem, world)
        numbers = [float(pool.metrics[item.key][at]) for item in items]
        points.append(
            ParetoPoint(
                label=f"{view['system_name']}, {view['site_name']}, {view['mapping_text']}",
                values=numbers,
                texts=[format_value(value, item.shown_unit) for value, item in zip(numbers, items, strict=True)],
                front=at in members,
                recommended=at == pick,
                design=view,
            )
        )
    return Pareto(
        workload=problem.name,
        objectives=list(objectives),
        labels=[item.label for item in items],
        units=[item.shown_unit for item in items],
        points=points,
    )


def search_view(pool: Pool) -> SearchView:
    """Return how many designs were enumerated, how many keep all limits, and which limit the others broke first."""
    rejected: Counter[str] = Counter()
    for findings in pool.findings:
        rejected.update(findings.rejected)
    space = [
        f"{axis.name}: {', '.join(f'{value:g}' for value in axis.values)}"
        for axis in pool.findings[0].space.axes
        if axis.name != "system" and axis.free and len(axis) > 1
    ]
    ordered = sorted(((name, count) for name, count in rejected.items() if count), key=lambda item: (-item[1], item[0]))
    return SearchView(
        workload=pool.findings[0].problem.name,
        designs=sum(findings.enumerated for findings in pool.findings),
        feasible=sum(findings.feasible for findings in pool.findings),
        rejected=[RejectionCount(limit=name, count=count) for name, count in ordered],
        space=space,
    )
