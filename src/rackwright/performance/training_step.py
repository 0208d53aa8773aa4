"""One optimizer step, by cause.

The slowest pipeline stage sets the pace: it works on m micro-batches, waits while the pipeline fills and drains, and
then exchanges gradients and updates its weights. All ranks wait for the slowest of them.

References
----------
[1] Narayanan et al., SC21, arXiv 2104.04473, section 2.2 (pipeline schedule).
[2] David and Nagaraja, Order Statistics, 3rd ed., Wiley 2003: the largest of N normal deviates is near sqrt(2 ln N).
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num, field, record
from rackwright.performance.pipeline import Stages, bubble, micro_batches, slowest_stage
from rackwright.performance.training_communication import (
    Exchange,
    Shards,
    context_exchange,
    end_exchange,
    expert_exchange,
    replica_exchange,
    send_time,
    tensor_exchange,
)
from rackwright.performance.training_compute import (
    NOTHING_AGAIN,
    Load,
    Loads,
    backward_parts,
    computed_again,
    executed_flops,
    loads,
    model_flops,
    recompute_time,
)
from rackwright.performance.training_memory import stage_shards
from rackwright.performance.training_run import Run, accelerators, expert_replica_group, replica_group

Parts = dict[str, Num]


@record
class Step:
    """One optimizer step and what it computes; amounts per accelerator, averaged over pipeline stages."""

    parts: Breakdown = field("", "time by cause [s]")
    model_flops: Num = field("1", "operations the model needs")
    executed_flops: Num = field("1", "operations executed")
    traffic: Num = field("1", "bytes moved")


def training_step(run: Run) -> Step:
    """Time one optimizer step.

    T = m t_slowest + T_bubble + T_sends + T_data + T_optimizer + T_stragglers + T_host                      (1)
    t_stage = layers t_layer + [head] t_head + [embedding] t_embedding                                       (2)
    T_stragglers = sigma sqrt(2 ln N) (computation + bubble)                                             [2] (3)

    Each t is forward, backward, recomputation and the exposed collectives of one micro-batch.
    """
    count = micro_batches(run.job, run.mapping)
    work = loads(run)
    layer, ends, head = _layer_parts(run, work.layer), _end_parts(run, work.embedding), _end_parts(run, work.head)
    times = [ops.summed(parts.values()) for parts in (layer, head, ends)]
    slowest = slowest_stage(float(run.architecture.depth), run.mapping, *times)
    stage = _stage_parts(slowest, layer, head, ends)
    parts = {name: count * time for name, time in stage.items()}
    whole = run.architecture.depth * times[0] + times[1] + times[2]
    parts["pipeline/bubble"] = bubble(whole, ops.summed(stage.values()), run.mapping)
    parts["pipeline/sends"] = send_time(run, count)
    windows = Exchange(forward=_sum(stage, "forward/"), backward=_sum(stage, "backward/"))
    shards = stage_shards(run)[0]
    data = replica_exchange(run, shards, windows, count)
    parts["data parallel/gradients"], parts["data parallel/weights"] = data.backward, data.forward
    parts["optimizer"] = optimizer_time(run, shards)
    spread = run.stack.training.straggler_spread * ops.sqrt(2.0 * ops.log(accelerators(run.mapping)))
    busy = ops.summed(_sum(parts, name) for name in ("forward/", "backward/", "recomputation", "pipeline/bubble"))
    parts["stragglers"] = spread * busy
    parts["host"] = run.stack.training.step_overhead
    return Step(
        parts=Breakdown("s", parts, "Step"),
        model_flops=run.job.global_batch / (run.mapping.dp * run.mapping.micro_batch) * _total_model_flops(run, work),
        executed_flops=count * _total_executed_flops(run, work),
        traffic=count * _total_traffic(run, work) + optimizer_traffic(run, shards) / run.stack.efficiency.byte,
    )


def optimizer_traffic(run: Run, shards: Shards) -> Num:
    """Return the bytes one rank moves to update its share of the weights [B].

    D = n (2 k + 2 g + w) / d     state read and written, gradient read for its norm and for the update      (4)
    """
    facts = run.stack.training
    each = 2.0 * facts.optimizer_bytes + 2.0 * facts.gradient_bytes + run.weight_bytes
    split = run.mapping.zero_stage > 0.5
    dense = shards.dense / ops.where(split, replica_group(run.mapping).size, 1.0)
    experts = shards.experts / ops.where(split, expert_replica_group(run.mapping).size, 1.0)
    return (dense + experts) * each


def optimizer_time(run: Run, shards: Shards) -> Num:
    """Return the time to update the weights [s]; it is memory-bound.

    T = D / (e B_memory)                                                                                     (5)
    """
    reach = run.chip.memory_bandwidth * run.stack.efficiency.elementwise_bandwidth
    return optimizer_traffic(run, shards) / reach


def _layer_parts(run: Run, load: Load) -> Parts:
    """Times of one micro-batch in the mean layer."""
    again = computed_again(run).matrices
    parts = _compute_parts(run, load)
    parts["recomputation"] = recompute_time(load, run)
    for name, exchange in (
        ("tensor parallel", tensor_exchange(run)),
        ("context parallel", context_exchange(run, load)),
        ("expert parallel", expert_exchange(run)),
    ):
        parts[name] = (1.0 + again) * exchange.forward + exchange.backward
    return parts


def _end_parts(run: Run, load: Load) -> Parts:
    """Times of one micro-batch in the embedding or the output head; neither is computed again."""
    exchange = end_exchange(run)
    return {**_compute_parts(run, load), "tensor parallel": exchange.forward + exchange.backward}


def _compute_parts(run: Run, load: Load) -> Parts:
    forward = {"matrices": load.matrices, "attention": load.attention, "elementwise": load.elementwise}
    parts = {f"forward/{name}": time for name, time in forward.items()}
    parts.update({f"backward/{name}": time for name, time in backward_parts(load, run).items()})
    return parts


def _stage_parts(stage: Stages, layer: Parts, head: Parts, embedding: Parts) -> Parts:
    parts: Parts = {}
    for name, time in layer.items():
        whole = stage.layers * time
        if name in head:
            whole = whole + stage.head * head[name] + stage.embedding * embedding[name]
        parts[name] = whole
    return parts


def _sum(parts: Parts, prefix: str) -> Num:
    return ops.summed(time for name, time in parts.items() if name.startswith(prefix))


def _total_model_flops(run: Run, work: Loads) -> Num:
    flops = run.architecture.depth * model_flops(work.layer) + model_flops(work.head) + model_flops(work.embedding)
    return flops / run.mapping.pp


def _total_executed_flops(run: Run, work: Loads) -> Num:
    layer = executed_flops(work.layer, run, computed_again(run))
    ends = executed_flops(work.head, run, NOTHING_AGAIN) + executed_flops(work.embedding, run, NOTHING_AGAIN)
    return (run.architecture.depth * layer + ends) / run.mapping.pp


def _total_traffic(run: Run, work: Loads) -> Num:
    layer = run.architecture.depth * (3.0 + computed_again(run).matrices) * work.layer.traffic
    return (layer + 3.0 * (work.head.traffic + work.embedding.traffic)) / run.mapping.pp
