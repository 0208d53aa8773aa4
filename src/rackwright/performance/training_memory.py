"""Memory of one rank during training, by kind.

The fullest rank is in the first pipeline stage (most micro-batches in flight, the embedding) or in the last (the output
head, the logits); the breakdown is that of the fuller one.

References
----------
[1] Korthikanti et al., Reducing Activation Recomputation in Large Transformer Models, arXiv 2205.05198, sections 4.1-5:
    s b h (34 + 5 a s/h) bytes per layer, divided by tensor and sequence parallelism, in-flight micro-batches.
[2] Rajbhandari et al., ZeRO, arXiv 1910.02054, sections 3 and 5: weights, gradients and optimizer state by stage.
[3] Dao et al., FlashAttention, arXiv 2205.14135: scores are not kept.
"""

from __future__ import annotations

from functools import lru_cache

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num, field, record
from rackwright.performance.pipeline import micro_batches, micro_batches_in_flight, stage_layers
from rackwright.performance.training_communication import Shards
from rackwright.performance.training_run import (
    Run,
    expert_replica_group,
    expert_split,
    rank_tokens,
    replica_group,
    sequence_ways,
)
from rackwright.workload.parameters import mtp_parameters, parameter_breakdown
from rackwright.workload.records import Architecture, Attention, LayerGroup

_SCORED = ("gqa", "mla", "compressed")


@record
class Parameters:
    """Parameters of a model by where they lie."""

    layer: float = field("", "of the mean layer, routed experts not included")
    layer_experts: float = field("", "routed experts of the mean layer")
    embedding: float = field("", "embedding and positions")
    head: float = field("", "output head, also when it shares the embedding")
    extra: float = field("", "multi-token prediction")
    total: float = field("", "of the model, each counted once")


@lru_cache(maxsize=64)
def parameters(architecture: Architecture) -> Parameters:
    """Return where the parameters of a model lie.

    P = embedding + head (1 - tied) + L (layer + layer_experts) + extra                                      (1)
    """
    parts = parameter_breakdown(architecture)
    ends = architecture.vocabulary * architecture.hidden
    experts = float(parts.get("experts", 0.0))
    extra = mtp_parameters(architecture)
    total = float(parts.total)
    embedding = float(parts["embedding"]) + float(parts.get("positions", 0.0))
    body = total - embedding - float(parts.get("head", 0.0)) - experts
    return Parameters(
        layer=body / architecture.depth,
        layer_experts=experts / architecture.depth,
        embedding=embedding,
        head=float(ends),
        extra=extra,
        total=total + extra,
    )


def kept_per_token(run: Run, group: LayerGroup) -> tuple[Num, Num]:
    """Return the bytes one layer keeps per token for its backward pass, without recomputation: (scores, all else) [B].

    norms     (norms + 2) h a / w + 2 h d / w       inputs of norms and of the two halves, dropout masks     (2)
    mixer     (queries + keys + values + outputs) a / tp                                                     (3)
    scores    5 heads s / tp                        only without a fused kernel [1, 3]                       (4)
    feed      matrices width a / tp; routed experts: k (h + matrices width) a / tp times imbalance           (5)

    Summed for a plain transformer with dropout this is h (34 + 5 a s / h) of [1].
    """
    a, facts, mapping, hidden = run.activation_bytes, run.stack.training, run.mapping, run.architecture.hidden
    ways = sequence_ways(mapping)
    streams = (run.architecture.norms_per_layer + 2.0) * hidden
    kept = (streams * a + 2.0 * hidden * facts.dropout_bytes) / ways
    mixer = group.attention
    kept = kept + (_mixer_kept(mixer, mapping.tp) + (mixer.query_rank + mixer.latent_rank) / ways) * a
    heads = float(mixer.heads) if mixer.kind in _SCORED else 0.0
    scores = heads * run.job.sequence_length / mapping.tp * facts.score_bytes * (1.0 - facts.fused_attention)
    return scores, kept + _feed_forward_kept(run, group) * a


def spared_per_token(run: Run, group: LayerGroup) -> Num:
    """Return the bytes one layer need not keep per token when cheap outputs are computed again [B].

    spared = norms h a / w + width a / tp      outputs of norms, output of the gated product                 (6)
    """
    norms = run.architecture.norms_per_layer * run.architecture.hidden / sequence_ways(run.mapping)
    feed = group.feed_forward
    inner = feed.width
    if feed.kind == "moe":
        inner = feed.shared_experts * feed.shared_width + feed.active_experts * feed.width
    return (norms + inner / run.mapping.tp) * run.activation_bytes


def _mixer_kept(mixer: Attention, tp: Num) -> Num:
    value = mixer.heads * mixer.value_dim
    if mixer.kind == "none":
        return 0.0
    if mixer.kind not in _SCORED:  # linear mixers keep their input, its convolution, the gate and the output
        return (4.0 * value + 2.0 * mixer.kv_heads * mixer.head_dim) / tp
    query = mixer.heads * (mixer.head_dim + mixer.rope_dim)
    keys_values = mixer.kv_heads * (mixer.head_dim + mixer.rope_dim + mixer.value_dim)
    gated = value if mixer.output_gate else 0.0
    return (query + value + gated) / tp + keys_values / ops.minimum(tp, float(mixer.kv_heads))


def _feed_forward_kept(run: Run, group: LayerGroup) -> Num:
    feed, tp = group.feed_forward, run.mapping.tp
    if feed.kind != "moe":
        return feed.matrices * feed.width / tp
    shared = feed.shared_experts * feed.matrices * feed.shared_width
    width = (feed.latent or run.architecture.hidden) + feed.matrices * feed.width
    return (shared + feed.active_experts * width * run.stack.training.expert_imbalance) / tp


def layer_activations(run: Run) -> tuple[Num, Num]:
    """Return the bytes the mean layer keeps for one micro-batch, and what recomputing it holds for a while [B].

    none keeps all;   full keeps t h a / w;   selective drops the scores, or (6) where there are none        (7)
    """
    share, tokens = 1.0 / run.architecture.depth, rank_tokens(run)
    groups = run.architecture.layers
    both = [(group.count * share, *kept_per_token(run, group)) for group in groups]
    scores = tokens * ops.summed(weight * part for weight, part, _ in both)
    rest = tokens * ops.summed(weight * part for weight, _, part in both)
    spared = tokens * ops.summed(group.count * share * spared_per_token(run, group) for group in groups)
    spared = spared * run.stack.training.fused_attention
    inputs = tokens * run.architecture.hidden * run.activation_bytes / sequence_ways(run.mapping)
    policy = run.mapping.recompute
    full, selective = policy > 1.5, policy > 0.5
    kept = ops.where(full, inputs, ops.where(selective, rest - spared, rest + scores))
    held = ops.where(full, rest + scores, ops.where(selective, scores + spared, 0.0))
    return kept, held


def stage_shards(run: Run) -> tuple[Shards, Shards]:
    """Return the parameters of one rank in the first and in the last stage; one stage holds both ends.

    n_dense = (layers layer + ends) / tp,   n_experts = layers layer_experts / (ep x)                        (8)
    """
    mapping, count = run.mapping, parameters(run.architecture)
    first, _, last = stage_layers(float(run.architecture.depth), mapping)
    single = mapping.pp <= 1.0
    tied = float(run.architecture.tied_embeddings)
    expert_ways = mapping.ep * expert_split(mapping)
    experts = count.layer_experts / expert_ways
    own_head = count.head * (1.0 - tied) + count.extra
    front = count.embedding + ops.where(single, own_head, 0.0)
    back = ops.where(single, count.embedding + own_head, count.head + count.extra)
    return (
        Shards(dense=(first * count.layer + front) / mapping.tp, experts=first * experts),
        Shards(dense=(last * count.layer + back) / mapping.tp, experts=last * experts),
    )


def states(run: Run, shards: Shards) -> dict[str, Num]:
    """Return weights, gradients and optimizer state of one rank by ZeRO stage [2] [B].

    optimizer n k / d from stage 1,   gradients n g / d from stage 2,   weights n w / d from stage 3         (9)

    d is the number of replicas. Stage 3 also holds two whole layers of gathered weights and one of gradients.
    """
    facts, zero = run.stack.training, run.mapping.zero_stage
    dense, experts = replica_group(run.mapping).size, expert_replica_group(run.mapping).size

    def held(stage: float) -> Num:
        split = zero > stage - 0.5
        return shards.dense / ops.where(split, dense, 1.0) + shards.experts / ops.where(split, experts, 1.0)

    layer = (shards.dense + shards.experts) * run.mapping.pp / run.architecture.depth
    gathered = layer * (2.0 * run.weight_bytes + facts.gradient_bytes)
    return {
        "weights": held(3.0) * run.weight_bytes,
        "gradients": held(2.0) * facts.gradient_bytes,
        "optimizer": held(1.0) * facts.optimizer_bytes,
        "gathered": ops.where(zero > 2.5, gathered, 0.0),
    }


def training_memory(run: Run) -> Breakdown:
    """Return the memory of the fullest rank by kind [B].

    M = (1 + fragmentation)(states + activations + recomputation + logits) + reserved
    activations = kept layers_stage n_in_flight;   M = max(M_first, M_last)                                 (10)

    Shapes: (designs, 1) or numbers. Nothing is raised: a design that does not fit is a broken limit.
    """
    facts, mapping = run.stack.training, run.mapping
    kept, held = layer_activations(run)
    first, _, last = stage_layers(float(run.architecture.depth), mapping)
    flying = micro_batches_in_flight(run.job, mapping)
    v = mapping.interleave
    last_flying = ops.minimum(micro_batches(run.job, mapping), ((v - 1.0) * mapping.pp + 1.0) / v)
    tokens = rank_tokens(run)
    logits = tokens * run.architecture.vocabulary / mapping.tp * facts.logit_bytes
    ends = 2.0 * tokens * run.architecture.hidden * run.activation_bytes / sequence_ways(mapping)
    single = mapping.pp <= 1.0
    front, back = stage_shards(run)
    front_parts = {
        **states(run, front),
        "activations": kept * first * flying,
        "recomputation": held,
        "logits": ops.where(single, logits + ends, 0.0),
    }
    back_parts = {
        **states(run, back),
        "activations": kept * last * last_flying,
        "recomputation": held,
        "logits": logits + ends,
    }
    front_total, back_total = ops.summed(front_parts.values()), ops.summed(back_parts.values())
    first_leads = front_total >= back_total
    parts = {name: ops.where(first_leads, front_parts[name], back_parts[name]) for name in front_parts}
    parts["fragmentation"] = facts.fragmentation * ops.maximum(front_total, back_total)
    parts["reserved"] = facts.reserved_memory
    return Breakdown("B", parts, "Memory")
