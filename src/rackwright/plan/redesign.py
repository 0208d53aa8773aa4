"""From names and numbers back to a block of one design: what `evaluate` and `explain` start from."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rackwright.base.errors import UnknownNameError
from rackwright.performance.records import Mapping
from rackwright.plan.case_records import Case, Workload
from rackwright.plan.outcome import Design
from rackwright.plan.problem import Problem, problems_of
from rackwright.plan.world import World

_NAMED = ("system", "site", "cooling", "precision", "mode")
_FIELDS = tuple(Mapping.__dataclass_fields__)


def design_from(
    case: Case, world: World, workload: str | None, choices: AbstractMapping[str, Any]
) -> tuple[Design, Problem]:
    """Return one design of a case and the problem it answers; what `choices` leaves out is the first allowed value.

    Raises
    ------
    UnknownNameError
        If a name or a field is not known.
    """
    chosen = _workload(case, workload)
    known = (*_NAMED, *_FIELDS, *(f"prefill_{name}" for name in _FIELDS))
    for name in choices:
        if name not in known:
            raise UnknownNameError("choice", name, known)
    allowed = chosen.candidates
    site, cooling = str(choices.get("site", allowed.sites[0])), str(choices.get("cooling", allowed.coolings[0]))
    sites = [name for item in case.workloads for name in item.candidates.sites]
    for kind, name, of_case in (("site", site, sites), ("cooling", cooling, world.coolings)):
        if name not in of_case:
            raise UnknownNameError(f"{kind} of this case", name, of_case)
    problem = _problem(chosen, choices)
    pinned = {name: values[0] for name in _FIELDS if (values := getattr(allowed.mapping, name, ()))}
    first = {name: values[0] for name in _FIELDS if (values := getattr(allowed.prefill, name, ()))}
    given = {name: choices[name] for name in _FIELDS if name in choices}
    before = {name: choices[f"prefill_{name}"] for name in _FIELDS if f"prefill_{name}" in choices}
    design = Design(
        system=_code(world.systems.code(str(choices.get("system", allowed.systems[0])))),
        site=_code(world.locations.code(site)),
        cooling=_code(world.coolings.index(cooling)),
        mapping=_mapping({**pinned, **given}),
        prefill=_mapping({**first, **before}) if problem.disaggregated else None,
    )
    return design, problem


def _workload(case: Case, name: str | None) -> Workload:
    by_name = {workload.name: workload for workload in case.workloads}
    if name is None:
        return case.workloads[0]
    if name not in by_name:
        raise UnknownNameError("workload", name, by_name)
    return by_name[name]


def _problem(workload: Workload, choices: AbstractMapping[str, Any]) -> Problem:
    problems = problems_of(workload)
    precision = choices.get("precision", problems[0].precision_name)
    mode = choices.get("mode", "disaggregated" if problems[0].disaggregated else "aggregated")
    known = {
        f"{item.precision_name}, {'disaggregated' if item.disaggregated else 'aggregated'}": item for item in problems
    }
    if f"{precision}, {mode}" not in known:
        raise UnknownNameError("precision and mode of this workload", f"{precision}, {mode}", known)
    return known[f"{precision}, {mode}"]


def _code(value: int) -> NDArray[np.intp]:
    return np.array([[value]], dtype=np.intp)


def _mapping(fields: AbstractMapping[str, float]) -> Mapping:
    whole = {"tp": 1.0, "pp": 1.0, "ep": 1.0, "cp": 1.0, "dp": 1.0, **fields}
    return Mapping(**{name: np.array([[float(value)]]) for name, value in whole.items()})
