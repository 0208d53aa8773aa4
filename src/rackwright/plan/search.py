"""Search one workload: enumerate mappings in blocks, drop what breaks a limit, cross the rest with sites and coolings.

Everything downstream of the performance room grows with the number of accelerators, their mean and peak power and the
time they are needed for. So within one system a mapping that is no smaller than another in any of these, nor in the
size of its replicas, can't win; only the non-dominated ones, and the next best for comparison, go on to the sites.
What fell, and why, is counted: every design is either feasible or rejected for one reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rackwright.base.limit import Limit
from rackwright.plan.designs import concatenate, repeat, rows_of
from rackwright.plan.evaluate import Machine, build, locate
from rackwright.plan.layout import layout_limits
from rackwright.plan.mapping_space import design_of
from rackwright.plan.metrics import metrics_of
from rackwright.plan.outcome import Design, Outcome
from rackwright.plan.pareto import pareto_front
from rackwright.plan.problem import Problem
from rackwright.plan.space import BLOCK, Space
from rackwright.plan.world import World

LOCATED = 60_000
"""Designs that go on to the sites, about; many systems and places mean fewer mappings of each system."""

NEXT_BEST, LEAST_PER_SYSTEM = 48, 12
DOMINATED = "dominated by another mapping of the same system"
_NEAR_MISSES = 32
_BETTER = np.array([1.0, 1.0, 1.0, 1.0, 1.0, -1.0])  # of the traits the margin alone is better when larger
Bound = tuple[str, str, float]
"""A limit of the case: its name for people, the metric it bounds, and the bound [SI]."""
Report = Callable[[int], None]


@dataclass
class Findings:
    """What one problem's search found: a block of located designs with their metrics, and the counts.

    margins : smallest margin over all limits; negative when any is broken (designs,)
    tightest : name of the limit with that margin, per design
    """

    problem: Problem
    space: Space
    design: Design | None = None
    metrics: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    margins: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    tightest: NDArray[np.str_] = field(default_factory=lambda: np.empty(0, dtype=str))
    enumerated: int = 0
    feasible: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        """Number of located designs kept."""
        return len(self.margins)


def search_problem(
    problem: Problem,
    space: Space,
    places: Sequence[tuple[int, int]],
    bounds: Sequence[Bound],
    world: World,
    report: Report,
) -> Findings:
    """Search one problem over its mappings and all (site, cooling) places; see the module text."""
    findings = Findings(problem, space)
    kept: list[tuple[Design, NDArray[np.float64], NDArray[np.bool_]]] = []
    for index in space.blocks(BLOCK):
        kept.append(_screen(space, index, findings, len(places), world))
        report(len(index))
    chosen, dominated = _shortlist(kept, len(places))
    findings.rejected[DOMINATED] += dominated * len(places)
    for start in range(0, len(chosen.system), max(1, BLOCK // max(1, len(places)))):
        part = rows_of(chosen, slice(start, start + max(1, BLOCK // max(1, len(places)))))
        _locate(part, places, bounds, findings, world)
    return findings


def margins_of(limits: Sequence[Limit], count: int) -> NDArray[np.float64]:
    """Return the margins of every limit, (limits, designs). NaN counts as broken."""
    margins = np.stack([np.broadcast_to(limit.margin, (count, 1))[:, 0] for limit in limits])
    return np.where(np.isnan(margins), -np.inf, margins)


def smallest_margin(limits: Sequence[Limit], count: int) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the smallest margin of each design and which limit has it; (designs,) both."""
    margins = margins_of(limits, count)
    tightest = margins.argmin(axis=0)
    return margins[tightest, np.arange(count)], tightest


def _screen(
    space: Space, index: NDArray[np.int64], findings: Findings, places: int, world: World
) -> tuple[Design, NDArray[np.float64], NDArray[np.bool_]]:
    """Return the designs of a block worth keeping, with their traits, and which are feasible."""
    design = design_of(space.rows(index), findings.problem)
    findings.enumerated += len(index) * places
    laid_out = _lay_out(design, findings, places)
    design = rows_of(design, laid_out)
    count = len(laid_out)
    machine = build(design, findings.problem, world)
    rules = layout_limits(design, findings.problem)
    allowed = smallest_margin(rules, count)[0] >= 0
    margins, tightest = smallest_margin((*machine.limits, *rules), count)
    broken_names = Counter(machine.limits[at].name for at in tightest[allowed & (margins < 0)])
    for name, broken_count in broken_names.items():
        findings.rejected[name] += broken_count * places
    near = np.argsort(-margins, kind="stable")[:_NEAR_MISSES]
    wanted = np.union1d(np.flatnonzero(margins >= 0), near)
    traits = _traits(machine, margins, count)[wanted]
    return rows_of(design, wanted), traits, margins[wanted] >= 0


def _lay_out(design: Design, findings: Findings, places: int) -> NDArray[np.intp]:
    """Return the rows that can be laid out, or the nearest misses of a block where none can; count the others."""
    rules = layout_limits(design, findings.problem)
    margins = margins_of(rules, len(design.system))
    fallen = (margins < 0).any(axis=0)
    first = (margins < 0).argmax(axis=0)[fallen]
    for at, broken_count in enumerate(np.bincount(first, minlength=len(rules))):
        findings.rejected[rules[at].name] += int(broken_count) * places
    if fallen.all():
        return np.argsort(-margins.min(axis=0), kind="stable")[:_NEAR_MISSES].astype(np.intp)
    return np.flatnonzero(~fallen)


def _traits(machine: Machine, margins: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return what decides between mappings of one system: size, power, time, and last the margin.

    The margin counts because a mapping that keeps its limits narrowly may not keep them when facts turn out worse.
    """
    parts = (
        machine.cluster.accelerators,
        machine.cluster.power_mean,
        machine.cluster.power_peak,
        machine.fleet.duration,
        machine.performance.accelerators,
        margins[:, np.newaxis],
    )
    return np.hstack([np.broadcast_to(np.asarray(part, dtype=float), (count, 1)) for part in parts])


def _shortlist(
    kept: Sequence[tuple[Design, NDArray[np.float64], NDArray[np.bool_]]], places: int
) -> tuple[Design, int]:
    """Keep, per system, the mappings that may still win, or the nearest misses when none keeps all limits.

    Returns them and the number of feasible ones that were left out.
    """
    everything = concatenate([design for design, _, _ in kept])
    traits = np.vstack([traits for _, traits, _ in kept])
    feasible = np.concatenate([ok for _, _, ok in kept])
    rows: list[NDArray[np.intp]] = []
    systems = np.unique(everything.system)
    room = max(LOCATED // (places * len(systems)), LEAST_PER_SYSTEM)
    for system in systems:
        of_system = np.flatnonzero(everything.system[:, 0] == system)
        usable = of_system[feasible[of_system]]
        if len(usable):
            front = usable[pareto_front(traits[usable] * _BETTER)]
            work = traits[:, 0] * traits[:, 3]
            order = usable[np.lexsort((traits[usable, 1], work[usable]))]
            front = front[np.argsort(work[front], kind="stable")]
            thinned = front[np.unique(np.linspace(0, len(front) - 1, min(len(front), room)).astype(int))]
            rows.append(np.unique(np.concatenate([thinned, order[: min(room, NEXT_BEST)]])))
        else:
            rows.append(of_system[np.argsort(-traits[of_system, -1], kind="stable")[:2]])
    chosen = np.concatenate(rows)
    return rows_of(everything, chosen), int(feasible.sum() - feasible[chosen].sum())


def _locate(
    design: Design, places: Sequence[tuple[int, int]], bounds: Sequence[Bound], findings: Findings, world: World
) -> None:
    """Evaluate a block of machines at every place and add it to the findings."""
    located = repeat(design, places)
    count = len(located.system)
    outcome = locate(build(located, findings.problem, world), located, world)
    rules = layout_limits(located, findings.problem)
    limits = (*outcome.limits, *rules, *case_limits(outcome, bounds, findings.problem.kind))
    margins, tightest = smallest_margin(limits, count)
    names = np.array([limit.name for limit in limits])[tightest]
    machine_limits = (*outcome.performance.limits, *outcome.cluster.limits, *rules)
    machine_ok = smallest_margin(machine_limits, count)[0] >= 0
    findings.rejected.update(Counter(names[(margins < 0) & machine_ok].tolist()))
    findings.feasible += int((margins >= 0).sum())
    for item in metrics_of(findings.problem.kind):
        values = np.broadcast_to(np.asarray(item.read(outcome), dtype=float), (count, 1))[:, 0]
        findings.metrics[item.key] = np.concatenate([findings.metrics.get(item.key, np.empty(0)), values])
    findings.margins = np.concatenate([findings.margins, margins])
    findings.tightest = np.concatenate([findings.tightest, names])
    findings.design = located if findings.design is None else concatenate([findings.design, located])


def case_limits(outcome: Outcome, bounds: Sequence[Bound], kind: str) -> tuple[Limit, ...]:
    """Return the limits that the case itself states, for one workload's outcome."""
    items = {item.key: item for item in metrics_of(kind)}
    return tuple(Limit(name, items[key].unit, items[key].read(outcome), bound) for name, key, bound in bounds)
