"""Exact parameter counts, cache sizes and forward FLOPs of an `Architecture`.

Counts are those of the checkpoint's own tensors: matrices, biases, normalisations, gates, convolutions. Routing tables
and quantisation scales are not parameters.

References
----------
[1] Vaswani et al., Attention is all you need, 2017 (multi-head attention).
[2] DeepSeek-AI, DeepSeek-V2, 2024, section 2.1 (latent attention); DeepSeek-V3.2, 2025 (indexer).
[3] Dao and Gu, Transformers are SSMs, 2024 (Mamba-2); Yang et al., Gated Delta Networks, 2024.
[4] Kaplan et al., Scaling laws for neural language models, 2020, section 2.1 (2 FLOP per weight and token).
"""

from __future__ import annotations

from collections.abc import Callable

from rackwright.base.breakdown import Breakdown
from rackwright.workload.records import Architecture, Attention, FeedForward, LayerGroup

GROWING = ("gqa", "mla", "compressed")


def _gqa(a: Attention, hidden: int) -> int:
    query, key, value = a.heads * a.head_dim, a.kv_heads * a.head_dim, 0 if a.shared_kv else a.kv_heads * a.value_dim
    norms = 2 * a.head_dim * a.qk_norm + (query + key) * a.full_qk_norm
    index = hidden * a.index_dim * (a.index_heads + 1)
    return hidden * (query + key + value) + a.bias * (query + key + value) + norms + a.sinks * a.heads + index


def _mla(a: Attention, hidden: int) -> int:
    query_width = a.heads * (a.head_dim + a.rope_dim)
    query = hidden * query_width
    if a.query_rank:
        query = a.query_rank * (hidden + 1 + query_width)
    down = hidden * (a.latent_rank + a.rope_dim) + a.latent_rank
    up = a.latent_rank * a.heads * (a.head_dim + a.value_dim)
    return query + down + up + _indexer(a, hidden)


def _indexer(a: Attention, hidden: int) -> int:
    if not a.index_heads:
        return 0
    return (
        (a.query_rank or hidden) * a.index_heads * a.index_dim
        + hidden * (a.index_dim + a.index_heads)
        + 2 * a.index_dim
    )


def _compressor(width: int, hidden: int, ratio: int, overlap: int) -> int:
    return overlap * width * (2 * hidden + ratio) + width


def _compressed(a: Attention, hidden: int) -> int:
    query = a.query_rank * (hidden + 1 + a.heads * a.head_dim)
    cache = (hidden + 1) * a.head_dim + a.heads * a.sinks
    if not a.compression:
        return query + cache
    overlap = 2 if a.index_heads else 1
    cache += _compressor(a.head_dim, hidden, a.compression, overlap)
    if a.index_heads:
        cache += a.query_rank * a.index_heads * a.index_dim + hidden * a.index_heads
        cache += _compressor(a.index_dim, hidden, a.compression, overlap)
    return query + cache


def _delta(a: Attention, hidden: int) -> int:
    key, value = a.kv_heads * a.head_dim, a.heads * a.value_dim
    taps = (2 * key + value) * a.conv
    per_channel = a.gate_rank * (hidden + a.heads * a.head_dim) + a.heads * (a.head_dim + 1)
    decay = per_channel if a.gate_rank else a.heads * (hidden + 2)
    return hidden * (2 * key + value + a.heads) + taps + decay + a.value_dim


def _mamba(a: Attention, hidden: int) -> int:
    inner, state = a.heads * a.value_dim, 2 * a.kv_heads * a.head_dim
    taps = (inner + state) * (a.conv + 1)
    return hidden * (2 * inner + state + a.heads) + taps + 3 * a.heads + inner


def _nothing(a: Attention, hidden: int) -> int:
    return 0


_INPUT_SIDE: dict[str, Callable[[Attention, int], int]] = {
    "gqa": _gqa,
    "mla": _mla,
    "compressed": _compressed,
    "delta": _delta,
    "mamba": _mamba,
    "none": _nothing,
}


def _output_side(a: Attention, hidden: int) -> int:
    if a.kind == "none":
        return 0
    width = a.heads * a.value_dim
    gate = 0
    if a.output_gate:
        gate = a.output_gate_rank * (hidden + width) if a.output_gate_rank else hidden * width
    if a.output_rank:
        return a.output_rank * (width + a.output_groups * hidden) + gate
    return width * hidden + a.output_bias * hidden + gate


def attention_parameters(attention: Attention, hidden: int) -> int:
    """Return the parameters of one token mixer.

    gqa:  N = h (n_q d + n_kv d + n_kv d_v) + n_q d_v h                                                     (1)
    mla:  N = r_q (h + n (d + d_r)) + h (r_kv + d_r) + r_kv n (d + d_v) + n d_v h   [2, eq. 1-11]           (2)
    mamba:  N = h (2 n P + 2 G S + n) + n P h + convolution  [3]                                            (3)
    with biases, normalisations, gates, sinks, convolutions and indexers added where the type has them.
    """
    return _INPUT_SIDE[attention.kind](attention, hidden) + _output_side(attention, hidden)


def expert_parameters(feed_forward: FeedForward, hidden: int) -> int:
    """Return the parameters of one routed expert, or of the whole dense layer.

    N = m w_in w,  w_in = model width, or the latent width of a latent mixture     (1)
    """
    if feed_forward.kind == "none":
        return 0
    inside = feed_forward.latent or hidden
    biases = (feed_forward.matrices - 1) * feed_forward.width + inside if feed_forward.bias else 0
    return feed_forward.matrices * inside * feed_forward.width + biases


def shared_parameters(feed_forward: FeedForward, hidden: int) -> int:
    """Return what every token passes in a mixture besides the router: shared experts, their gate, latent projections.

    N = n_s m h w_s + g h + 2 h l     (1)
    """
    shared = feed_forward.shared_experts * feed_forward.matrices * hidden * feed_forward.shared_width
    return shared + feed_forward.shared_gate * hidden + 2 * hidden * feed_forward.latent


def router_parameters(feed_forward: FeedForward, hidden: int) -> int:
    """Return the parameters of the router.

    N = h E + b E     (1)
    """
    return feed_forward.experts * (hidden + feed_forward.router_bias)


def feed_forward_parameters(feed_forward: FeedForward, hidden: int, active: bool = False) -> int:
    """Return the parameters of one feed-forward layer, or those one token uses.

    N = E m w_in w + shared + router,  E -> k for one token     (1)
    """
    if feed_forward.kind != "moe":
        return expert_parameters(feed_forward, hidden)
    experts = feed_forward.active_experts if active else feed_forward.experts
    routed = experts * expert_parameters(feed_forward, hidden)
    return routed + shared_parameters(feed_forward, hidden) + router_parameters(feed_forward, hidden)


def _sublayers(group: LayerGroup) -> int:
    return (group.attention.kind != "none") + (group.feed_forward.kind != "none")


def _residual(architecture: Architecture, group: LayerGroup) -> int:
    streams, hidden, sublayers = architecture.residual_streams, architecture.hidden, _sublayers(group)
    count = 2 * hidden * sublayers * architecture.residual_attention
    if streams > 1:
        mixes = streams * (streams + 2)
        count += sublayers * (mixes * (streams * hidden + 1) + 3)
    return count


def _norms(architecture: Architecture, group: LayerGroup) -> int:
    return architecture.norms_per_layer * _sublayers(group) * architecture.hidden * architecture.norm_vectors // 2


def parameter_breakdown(architecture: Architecture, active: bool = False) -> Breakdown:
    """Return the parameters by part: all of them, or those one token uses; multi-token prediction is not among them.

    N = V h + [V h] + sum over layers (mixer + feed-forward + norms) + h     (1)

    Parts: embedding, head, positions, attention, dense, experts, shared_experts, router, norms, residual.
    """
    hidden = architecture.hidden
    parts = dict.fromkeys(("attention", "dense", "experts", "shared_experts", "router", "norms", "residual"), 0)
    for group in architecture.layers:
        ff = group.feed_forward
        parts["attention"] += group.count * attention_parameters(group.attention, hidden)
        parts["norms"] += group.count * _norms(architecture, group)
        parts["residual"] += group.count * _residual(architecture, group)
        if ff.kind == "moe":
            experts = ff.active_experts if active else ff.experts
            parts["experts"] += group.count * experts * expert_parameters(ff, hidden)
            parts["shared_experts"] += group.count * shared_parameters(ff, hidden)
            parts["router"] += group.count * router_parameters(ff, hidden)
        else:
            parts["dense"] += group.count * expert_parameters(ff, hidden)
    parts["norms"] += hidden * architecture.norm_vectors
    if architecture.residual_streams > 1:
        parts["residual"] += architecture.residual_streams * (architecture.residual_streams * hidden + 1) + 1
    embedding = architecture.vocabulary * hidden
    head = 0 if architecture.tied_embeddings else embedding
    ends = {"embedding": embedding, "head": head, "positions": architecture.learned_positions * hidden}
    return Breakdown("1", {name: float(n) for name, n in {**ends, **parts}.items() if n}, "Parameters")


def total_parameters(architecture: Architecture) -> float:
    """Return all parameters of the decoder, multi-token prediction not included.

    N = sum of the parts     (1)
    """
    return float(parameter_breakdown(architecture).total)


def active_parameters(architecture: Architecture) -> float:
    """Return the parameters one token uses, embedding and head included.

    N_active = N - sum over mixtures (E - k) n_expert     (1)
    """
    return float(parameter_breakdown(architecture, active=True).total)


def mtp_parameters(architecture: Architecture) -> float:
    """Return the parameters of the multi-token-prediction layers; embedding and head are those of the model.

    N = sum (layer + 2 h h + 3 h)     (1)
    """
    hidden, total = architecture.hidden, 0
    for group in architecture.mtp_layers:
        layer = attention_parameters(group.attention, hidden) + feed_forward_parameters(group.feed_forward, hidden)
        layer += _norms(architecture, group) + _residual(architecture, group)
        total += group.count * (layer + 2 * hidden * hidden + 3 * hidden)
    return float(total)
