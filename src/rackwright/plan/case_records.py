"""A case as the planner consumes it: plain SI values, every name resolved, every default shown.

`case.load_case` makes one from YAML. In a tuple of allowed values, an empty tuple means free: the planner chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rackwright.base.facts import Fact
from rackwright.workload.records import Architecture, Precision, ServingDemand, TrainingJob

OBJECTIVES = ("usd_per_mtoken", "total_cost", "energy", "carbon", "ready_date")
MODES = ("aggregated", "disaggregated")
RECOMPUTE = {"none": 0, "selective": 1, "full": 2}


@dataclass(frozen=True)
class MappingChoice:
    """Allowed values of every mapping axis; an empty tuple is free. `recompute`: 0 none, 1 selective, 2 full."""

    tp: tuple[int, ...] = ()
    pp: tuple[int, ...] = ()
    ep: tuple[int, ...] = ()
    cp: tuple[int, ...] = ()
    dp: tuple[int, ...] = ()
    batch: tuple[int, ...] = ()
    micro_batch: tuple[int, ...] = ()
    interleave: tuple[int, ...] = ()
    zero_stage: tuple[int, ...] = ()
    recompute: tuple[int, ...] = ()


@dataclass(frozen=True)
class Candidates:
    """What may be built for one workload; every tuple but the mappings' holds at least one name.

    systems : ids of the systems table (those of allowed accelerators, in table order)
    sites : ids of the locations table
    coolings : ids of the coolings table
    precisions : number formats to try
    modes : `aggregated`, `disaggregated` or both; training has `aggregated` alone
    mapping : of the replica or the job; of the decode pool when disaggregated
    prefill : of the prefill pool when disaggregated
    """

    systems: tuple[str, ...]
    sites: tuple[str, ...]
    coolings: tuple[str, ...]
    precisions: tuple[Precision, ...]
    modes: tuple[str, ...] = ("aggregated",)
    mapping: MappingChoice = MappingChoice()
    prefill: MappingChoice = MappingChoice()


@dataclass(frozen=True)
class Workload:
    """One thing that has to be computed.

    kind : `serve` or `train`
    model : the model's name as the case gives it
    demand : ServingDemand for `serve`, TrainingJob for `train`
    accelerators : the number of accelerators to use, 0 for as many as it takes
    reference : published results to set the plan against, {metric: (low, high, source)} in SI
    """

    name: str
    kind: str
    model: str
    architecture: Architecture
    demand: ServingDemand | TrainingJob
    candidates: Candidates
    accelerators: int = 0
    reference: Mapping[str, tuple[float, float, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseLimits:
    """Bounds on the whole plan; None for no bound.

    site_power [W] at the grid connection, racks, budget [USD] spent before service, ready_by [s] from the order date
    to full capacity, carbon [kgCO2e] over the horizon, water [m^3] at the site per year, countries_not_allowed: ISO
    codes of two letters, confidence: share of draws of the facts' ranges in which every limit must hold, 0 for the
    stated facts alone.
    """

    site_power: float | None = None
    racks: float | None = None
    budget: float | None = None
    ready_by: float | None = None
    carbon: float | None = None
    water: float | None = None
    countries_not_allowed: tuple[str, ...] = ()
    confidence: float = 0.0


@dataclass(frozen=True)
class Objective:
    """What to minimise: weights over objectives that sum to 1, and the objectives of the Pareto front."""

    weights: Mapping[str, float]
    pareto: tuple[str, ...]


@dataclass(frozen=True)
class Economics:
    """owner : record of the economics table; horizon [s] a serving plan is judged over, None for the owner's."""

    owner: str
    horizon: float | None = None


@dataclass(frozen=True)
class Default:
    """A value that the case left open: where it would be written, what was taken, why."""

    path: str
    value: str
    why: str


@dataclass(frozen=True)
class Case:
    """One question to the planner.

    start : order date, ISO (`2027-01-04`)
    facts : what the case states instead of the catalogue, by key `table.record.field` (Catalogue.with_fact)
    records : records of the user's own, by table, in the form of the data files (Catalogue.with_records)
    weather : weather file of the user's own by site id (EPW), absolute path
    models : content of every model config that the case names by a path, by that path
    file, text : where the case came from, and its text
    """

    name: str
    description: str
    workloads: tuple[Workload, ...]
    limits: CaseLimits
    objective: Objective
    economics: Economics
    start: str
    seed: int
    samples: int
    facts: Mapping[str, Fact] = field(default_factory=dict)
    records: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    weather: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    defaults: tuple[Default, ...] = ()
    file: str = ""
    text: str = ""
