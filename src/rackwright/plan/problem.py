"""What one search answers: one workload, in one precision, aggregated or disaggregated."""

from __future__ import annotations

from dataclasses import dataclass

from rackwright.plan.case_records import Workload
from rackwright.workload.precision import precision_name
from rackwright.workload.records import Architecture, Precision, ServingDemand, TrainingJob


@dataclass(frozen=True)
class Problem:
    """One workload as the pipeline evaluates it.

    demand : a ServingDemand (kind `serve`) or a TrainingJob (kind `train`)
    disaggregated : prefill and decode run in separate pools
    accelerators : the number of accelerators a job must use, 0 for as many as it takes
    """

    name: str
    architecture: Architecture
    precision: Precision
    precision_name: str
    demand: ServingDemand | TrainingJob
    disaggregated: bool = False
    accelerators: int = 0

    @property
    def kind(self) -> str:
        """`serve` or `train`."""
        return "serve" if isinstance(self.demand, ServingDemand) else "train"


def problems_of(workload: Workload) -> tuple[Problem, ...]:
    """Return one problem per allowed precision and mode of a workload."""
    return tuple(
        Problem(
            name=workload.name,
            architecture=workload.architecture,
            precision=precision,
            precision_name=precision_name(precision),
            demand=workload.demand,
            disaggregated=mode == "disaggregated",
            accelerators=workload.accelerators,
        )
        for precision in workload.candidates.precisions
        for mode in workload.candidates.modes
    )
