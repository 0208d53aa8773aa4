"""Search one workload: enumerate mappings in blocks, drop what breaks a limit, cross the rest with sites and coolings.

Everything downstream of the performance room grows with the number of accelerators and their power, so within one
system a mapping that needs more accelerators and more power than another can't win; only the non-dominated ones, and
the next best for comparison, go on to the sites. What fell, and why, is counted.
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
from rackwright.plan.mapping_space import design_of, ruled_out
from rackwright.plan.metrics import metrics_of
from rackwright.plan.outcome import Design, Outcome
from rackwright.plan.pareto import pareto_front
from rackwright.plan.problem import Problem
from rackwright.plan.space import BLOCK, Space
from rackwright.plan.world import World

KEPT_PER_SYSTEM = 48
_NEAR_MISSES = 32
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
    chosen = _shortlist(kept)
    if chosen is None:
        return findings
    for start in range(0, len(chosen.system), max(1, BLOCK // max(1, len(places)))):
        part = rows_of(chosen, slice(start, start + max(1, BLOCK // max(1, len(places)))))
        _locate(part, places, bounds, findings, world)
    return findings


def smallest_margin(limits: Sequence[Limit], count: int) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the smallest margin of each design and which limit has it; (designs,) both. NaN counts as broken."""
    margins = np.stack([np.broadcast_to(limit.margin, (count, 1))[:, 0] for limit in limits])
    margins = np.where(np.isnan(margins), -np.inf, margins)
    tightest = margins.argmin(axis=0)
    return margins[tightest, np.arange(count)], tightest


def _screen(
    space: Space, index: NDArray[np.int64], findings: Findings, places: int, world: World
) -> tuple[Design, NDArray[np.float64], NDArray[np.bool_]]:
    """Return the designs of a block worth keeping, with (accelerators, power, ..., margin), and which are feasible."""
    design = design_of(space.rows(index), findings.problem)
    findings.enumerated += len(index) * places
    alive = np.ones(len(index), dtype=bool)
    for reason, broken in ruled_out(design, findings.problem):
        fallen = alive & np.broadcast_to(broken, (len(index), 1))[:, 0]
        findings.rejected[reason] += int(fallen.sum()) * places
        alive &= ~fallen
    design = rows_of(design, np.flatnonzero(alive))
    count = len(design.system)
    if not count:
        return design, np.empty((0, 4)), np.empty(0, dtype=bool)
    machine = build(design, findings.problem, world)
    margins, tightest = smallest_margin(machine.limits, count)
    broken_names = Counter(machine.limits[at].name for at in tightest[margins < 0])
    for name, broken_count in broken_names.items():
        findings.rejected[name] += broken_count * places
    near = np.argsort(-margins, kind="stable")[:_NEAR_MISSES]
    wanted = np.union1d(np.flatnonzero(margins >= 0), near)
    traits = _traits(machine, margins, count)[wanted]
    return rows_of(design, wanted), traits, margins[wanted] >= 0


def _traits(machine: Machine, margins: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    parts = (
        machine.cluster.accelerators,
        machine.cluster.power_mean,
        machine.fleet.accelerators,
        margins[:, np.newaxis],
    )
    return np.hstack([np.broadcast_to(np.asarray(part, dtype=float), (count, 1)) for part in parts])


def _shortlist(kept: Sequence[tuple[Design, NDArray[np.float64], NDArray[np.bool_]]]) -> Design | None:
    """Keep, per system, the mappings that may still win, or the nearest misses when none keeps all limits."""
    designs = [design for design, _, _ in kept if len(design.system)]
    if not designs:
        return None
    everything = concatenate(designs)
    traits = np.vstack([traits for _, traits, _ in kept])
    feasible = np.concatenate([ok for _, _, ok in kept])
    rows: list[NDArray[np.intp]] = []
    for system in np.unique(everything.system):
        of_system = np.flatnonzero(everything.system[:, 0] == system)
        usable = of_system[feasible[of_system]]
        if len(usable):
            front = usable[pareto_front(traits[usable][:, :2])]
            order = usable[np.lexsort((traits[usable, 1], traits[usable, 0]))]
            rows.append(np.unique(np.concatenate([front, order[:KEPT_PER_SYSTEM]])))
        else:
            rows.append(of_system[np.argsort(-traits[of_system, 3], kind="stable")[:2]])
    return rows_of(everything, np.concatenate(rows))


def _locate(
    design: Design, places: Sequence[tuple[int, int]], bounds: Sequence[Bound], findings: Findings, world: World
) -> None:
    """Evaluate a block of machines at every place and add it to the findings."""
    located = repeat(design, places)
    count = len(located.system)
    outcome = locate(build(located, findings.problem, world), located, world)
    limits = (*outcome.limits, *case_limits(outcome, bounds, findings.problem.kind))
    margins, tightest = smallest_margin(limits, count)
    names = np.array([limit.name for limit in limits])[tightest]
    machine_limits = (*outcome.performance.limits, *outcome.cluster.limits)
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
