"""What a training layout must keep to; a broken limit is data, with its margin."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.limit import Limit
from rackwright.base.record import Num
from rackwright.performance.pipeline import micro_batches
from rackwright.performance.training_run import Run, accelerators


def training_limits(run: Run, memory: Num, duration: Num) -> tuple[Limit, ...]:
    """List every limit of one training run; a count that must divide evenly may not grow when rounded up to do so.

    ceil(B / (dp b)) dp b <= B,   tp ceil(heads / tp) <= heads,   pp v <= L + 2,   ...                       (1)

    Embedding and output head may fill a chunk each, hence L + 2 chunks at most.

    Parameters
    ----------
    memory : of the fullest rank [B]
    duration : of the whole run, interruptions included [s]
    """
    mapping, job = run.mapping, run.job
    count = micro_batches(job, mapping)
    chunked = mapping.interleave > 1.0
    single = mapping.pp <= 1.0
    limits = [
        Limit("memory", "B", memory, run.chip.memory_capacity),
        Limit("deadline", "s", duration, job.deadline),
        Limit("global batch in whole micro-batches", "1", count * mapping.dp * mapping.micro_batch, job.global_batch),
        Limit("pipeline chunks within layers", "1", mapping.pp * mapping.interleave, run.architecture.depth + 2.0),
        Limit(
            "interleaving needs pipeline stages",
            "1",
            mapping.interleave,
            ops.where(single, 1.0, float(run.architecture.depth)),
        ),
        Limit(
            "interleaved micro-batches in whole rounds of stages",
            "1",
            ops.where(chunked, _rounded_up(count, mapping.pp), count),
            count,
        ),
        Limit(
            "sequence in whole context shares",
            "1",
            _rounded_up(job.sequence_length, mapping.cp),
            job.sequence_length,
        ),
    ]
    return (*limits, *_head_limits(run), *_expert_limits(run))


def _head_limits(run: Run) -> tuple[Limit, ...]:
    heads = [float(g.attention.heads) for g in run.architecture.layers if g.attention.kind != "none"]
    if not heads:
        return ()
    return (Limit("heads over tensor ranks", "1", _rounded_up(min(heads), run.mapping.tp), min(heads)),)


def _expert_limits(run: Run) -> tuple[Limit, ...]:
    mapping = run.mapping
    experts = [g.feed_forward.experts for g in run.architecture.layers if g.feed_forward.kind == "moe"]
    if not experts:
        return (Limit("expert parallelism needs experts", "1", mapping.ep, 1.0),)
    replica = accelerators(mapping) / mapping.pp
    fewest = float(min(experts))
    return (
        Limit("experts over expert ranks", "1", _rounded_up(fewest, mapping.ep), fewest),
        Limit("expert ranks within one pipeline stage", "1", _rounded_up(replica, mapping.ep), replica),
    )


def _rounded_up(whole: Num, parts: Num) -> Num:
    return ops.ceil(whole / parts) * parts
