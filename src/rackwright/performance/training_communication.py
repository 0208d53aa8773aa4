"""What training sends inside and between accelerators; every collective is counted once, in one place.

Per layer and micro-batch: tensor, context and expert parallelism. Per micro-batch: stage to stage. Per step (or, from
ZeRO stage 2 on, per micro-batch): gradients and weights of data parallelism.

References
----------
[1] Korthikanti et al., Reducing Activation Recomputation in Large Transformer Models, arXiv 2205.05198, section 4.2.2:
    with sequence parallelism each half layer gathers before and reduce-scatters after, forward and backward.
[2] Liu, Zaharia and Abbeel, Ring Attention with Blockwise Transformers, arXiv 2310.01889.
[3] Rajbhandari et al., ZeRO, arXiv 1910.02054, section 7: what each stage communicates.
[4] Narayanan et al., arXiv 2104.04473, section 4.1: each of the tp ranks sends its share to the next stage.
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num, field, record
from rackwright.fabric.collectives import all_gather, all_reduce, all_to_all, reduce_scatter, send
from rackwright.performance.training_compute import Load
from rackwright.performance.training_run import (
    Run,
    context_group,
    expert_group,
    expert_replica_group,
    expert_split,
    rank_tokens,
    replica_group,
    stage_group,
    tensor_group,
)
from rackwright.workload.records import LayerGroup


@record
class Exchange:
    """Exposed time of one kind of communication for one micro-batch in one place."""

    forward: Num = field("s", "with the forward pass; again when that is computed again")
    backward: Num = field("s", "with the backward pass")


def tensor_exchange(run: Run) -> Exchange:
    """Return the tensor-parallel time of the mean layer: two collectives per sharded half layer, each way [1].

    sequence parallel:  t = all_gather(D) + reduce_scatter(D),  else  t = all_reduce(D),   D = t_rank h a    (1)
    exposed = halves t (1 - overlap)                                                                         (2)

    Backward gathers the inputs of the weight gradients once more; that runs behind the input gradients.
    """
    shown = 1.0 - run.stack.training.tensor_overlap
    halves = _mean_over_layers(run, [_sharded_halves(run, group) for group in run.architecture.layers])
    each = halves * _pair(run) * shown
    return Exchange(forward=each, backward=each)


def end_exchange(run: Run) -> Exchange:
    """Return the tensor-parallel time of the embedding, or of the head: half of (1) each way, t = pair / 2 (3)."""
    each = 0.5 * _pair(run) * (1.0 - run.stack.training.tensor_overlap)
    return Exchange(forward=each, backward=each)


def _pair(run: Run) -> Num:
    data = rank_tokens(run) * run.architecture.hidden * run.activation_bytes
    group = tensor_group(run.mapping)
    split = all_gather(data, group, run.fabric) + reduce_scatter(data, group, run.fabric)
    return ops.where(run.mapping.sequence_parallel > 0.0, split, all_reduce(data, group, run.fabric))


def _sharded_halves(run: Run, group: LayerGroup) -> Num:
    """Half layers that tensor parallelism shards; routed experts that are not split need no exchange of their own."""
    feed = group.feed_forward
    mixer = float(group.attention.kind != "none")
    if feed.kind != "moe":
        return mixer + float(feed.kind == "dense")
    if feed.shared_experts:
        return mixer + 1.0
    return mixer + ops.where(expert_split(run.mapping) > 1.0, 1.0, 0.0)


def context_exchange(run: Run, layer: Load) -> Exchange:
    """Return the exposed time of passing keys and values around the ring of cp ranks, mean layer [2].

    exposed = max(0, (cp-1) send(D) - t_attention (cp-1)/cp),   D = t_rank (keys + values) a                 (4)

    Backward passes keys and values again and their gradients with them, and has the longer kernel to hide behind.
    """
    steps = run.mapping.cp - 1.0
    hidden_share = steps / run.mapping.cp
    widths = [_key_value_width(run, group) for group in run.architecture.layers]
    width = _mean_over_layers(run, widths)
    data = rank_tokens(run) * width * run.activation_bytes
    ring = context_group(run.mapping)
    forward = steps * send(data, ring, run.fabric) - layer.attention * hidden_share
    kernel = layer.attention * run.stack.training.attention_backward
    backward = steps * send(2.0 * data, ring, run.fabric) - kernel * hidden_share
    return Exchange(forward=ops.maximum(forward, 0.0), backward=ops.maximum(backward, 0.0))


def _key_value_width(run: Run, group: LayerGroup) -> Num:
    attention = group.attention
    heads = ops.maximum(attention.kv_heads / run.mapping.tp, 1.0)
    return heads * (attention.head_dim + attention.rope_dim + attention.value_dim)


def expert_exchange(run: Run) -> Exchange:
    """Return the exposed time of sending tokens to their experts and back, mean layer.

    t = 2 all_to_all(D),   D = t_rank k_active h a / tp,   exposed = t imbalance (1 - overlap)               (5)
    """
    facts = run.stack.training
    group = expert_group(run.mapping)
    share = 1.0 / run.architecture.depth
    each: Num = 0.0
    for layers in run.architecture.layers:
        feed = layers.feed_forward
        if feed.kind == "moe":
            width = feed.active_experts * (feed.latent or run.architecture.hidden)
            data = rank_tokens(run) * width * run.activation_bytes / run.mapping.tp
            there_and_back = 2.0 * all_to_all(data, group, run.fabric)
            shown = facts.expert_imbalance * (1.0 - facts.expert_overlap)
            each = each + layers.count * share * shown * there_and_back
    return Exchange(forward=each, backward=each)


def _mean_over_layers(run: Run, values: list[Num]) -> Num:
    share = 1.0 / run.architecture.depth
    groups = run.architecture.layers
    return ops.summed(group.count * share * value for group, value in zip(groups, values, strict=True))


def send_time(run: Run, micro_batches: Num) -> Num:
    """Return the exposed time of passing activations and their gradients from stage to stage in one step [4].

    T = 2 (m v + pp - 1) send(t_rank h a / tp) (1 - overlap)     for pp > 1                                  (6)
    """
    mapping = run.mapping
    data = rank_tokens(run) * run.architecture.hidden * run.activation_bytes / mapping.tp
    hops = 2.0 * (micro_batches * mapping.interleave + mapping.pp - 1.0)
    one = send(data, stage_group(mapping), run.fabric)
    return hops * one * (1.0 - run.stack.training.pipeline_overlap)


@record
class Shards:
    """Parameters that one rank of the fullest stage works with."""

    dense: Num = field("1", "all but routed experts")
    experts: Num = field("1", "routed experts")


def replica_exchange(run: Run, shards: Shards, windows: Exchange, micro_batches: Num) -> Exchange:
    """Return the exposed time per step of data parallelism: weights (as `forward`) and gradients (`backward`) [3].

    stage 0:  all_reduce(G)                                                                                  (7)
    stage 1:  reduce_scatter(G) + all_gather(W)                                                              (8)
    stage 2:  m reduce_scatter(G) + all_gather(W)                                                            (9)
    stage 3:  m (reduce_scatter(G) + 2 all_gather(W))                                                       (10)
    exposed = T - overlap min(T, window)                                                                    (11)

    G and W are the bytes of the rank's gradients and weights, dense and experts over their own groups. The window is
    the pass of one micro-batch through the slowest stage, or of all of them where the collective runs for each.

    Parameters
    ----------
    windows : forward and backward time of one micro-batch on the slowest stage [s]
    """
    zero = run.mapping.zero_stage
    gradient_size, weight_size = run.stack.training.gradient_bytes, run.weight_bytes
    reduced: Num = 0.0
    scattered: Num = 0.0
    gathered: Num = 0.0
    shared = [(shards.dense, replica_group(run.mapping))]
    if any(layers.feed_forward.kind == "moe" for layers in run.architecture.layers):
        shared.append((shards.experts, expert_replica_group(run.mapping)))
    for count, group in shared:
        reduced = reduced + all_reduce(count * gradient_size, group, run.fabric)
        scattered = scattered + reduce_scatter(count * gradient_size, group, run.fabric)
        gathered = gathered + all_gather(count * weight_size, group, run.fabric)
    passes = ops.where(zero > 1.5, micro_batches, 1.0)
    gradients = ops.where(zero > 0.5, scattered * passes, reduced)
    gathers = ops.where(zero > 2.5, 2.0 * micro_batches, ops.where(zero > 0.5, 1.0, 0.0))
    weight_window = ops.where(zero > 2.5, micro_batches * (windows.forward + windows.backward), windows.forward)
    return Exchange(
        forward=_exposed(gathers * gathered, weight_window, run.stack.training.data_overlap),
        backward=_exposed(gradients, passes * windows.backward, run.stack.training.data_overlap),
    )


def _exposed(time: Num, window: Num, overlap: Num) -> Num:
    return time - overlap * ops.minimum(time, window)
