"""What a mapping must keep to before it is worth timing, as limits with margins: counts that divide, sizes that fit.

ceil(x / d) d <= x            x things over d ways with none left over                                (1)
size <= largest               replica or job                                                          (2)
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.limit import Limit
from rackwright.base.record import Num
from rackwright.performance.records import Mapping
from rackwright.plan.outcome import Design
from rackwright.plan.problem import Problem
from rackwright.workload.records import Architecture, TrainingJob

LARGEST_REPLICA = 512
LARGEST_JOB = 2**18
_PREFILL = "prefill pool: "


def size_limits(design: Design, problem: Problem) -> tuple[Limit, ...]:
    """Return the limits of how many accelerators one replica or the job may take."""
    if problem.kind == "serve":
        return tuple(
            Limit(f"{where}replica within {LARGEST_REPLICA} accelerators", "1", m.tp * m.pp * m.dp, LARGEST_REPLICA)
            for where, m in _pools(design)
        )
    size = design.mapping.tp * design.mapping.pp * design.mapping.cp * design.mapping.dp
    within = Limit(f"job within {LARGEST_JOB:,} accelerators", "1", size, LARGEST_JOB)
    if not problem.accelerators:
        return (within,)
    wanted = float(problem.accelerators)
    apart = ops.absolute(size - wanted)
    return (Limit(f"job on the stated {problem.accelerators:,} accelerators", "1", wanted + apart, wanted), within)


def layout_limits(design: Design, problem: Problem) -> tuple[Limit, ...]:
    """Return every limit of a mapping that needs no timing, in the order in which broken ones are counted."""
    architecture, job = problem.architecture, problem.demand
    if isinstance(job, TrainingJob):
        return (*size_limits(design, problem), *_of_job(design.mapping, architecture, job))
    batch = Limit("batch against attention data-parallel ways", "1", design.mapping.batch, design.mapping.dp, True)
    shares = [limit for where, m in _pools(design) for limit in _shared(m, architecture, where)]
    return (*size_limits(design, problem), batch, *shares)


def _pools(design: Design) -> list[tuple[str, Mapping]]:
    return [("", design.mapping)] if design.prefill is None else [("", design.mapping), (_PREFILL, design.prefill)]


def _shared(m: Mapping, architecture: Architecture, where: str) -> tuple[Limit, ...]:
    heads = max(group.attention.heads for group in architecture.layers)
    experts = max(group.feed_forward.experts for group in architecture.layers)
    limits = (Limit(f"{where}attention heads in whole shares of TP", "1", _rounded_up(heads, m.tp), heads),)
    return (*limits, Limit(f"{where}EP within the experts", "1", m.ep, experts)) if experts else limits


def _of_job(m: Mapping, architecture: Architecture, job: TrainingJob) -> tuple[Limit, ...]:
    batch, depth = job.global_batch, float(architecture.depth)
    return (
        Limit("global batch in whole micro-batches", "1", _rounded_up(batch, m.dp * m.micro_batch), batch),
        Limit("interleaving with a pipeline", "1", m.interleave, ops.where(m.pp > 1.0, m.interleave, 1.0)),
        # Embedding and output head may fill a chunk each.
        Limit("pipeline chunks within layers", "1", m.pp * m.interleave, depth + 2.0),
        Limit("EP within the data-parallel accelerators", "1", m.ep, m.dp * m.cp * m.tp),
        *_shared(m, architecture, ""),
    )


def _rounded_up(whole: Num, parts: Num) -> Num:
    return ops.ceil(whole / parts) * parts
