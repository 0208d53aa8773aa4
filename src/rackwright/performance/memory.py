"""Memory that serving needs on one rank: weights, KV cache, activations, runtime."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num
from rackwright.performance.efficiency import EfficiencyFacts
from rackwright.performance.feed_forward_operators import expert_shards
from rackwright.performance.mixer_operators import kv_width
from rackwright.performance.records import Mapping
from rackwright.workload.cache import cache_elements, cache_elements_per_token
from rackwright.workload.parameters import (
    attention_parameters,
    expert_parameters,
    router_parameters,
    shared_parameters,
)
from rackwright.workload.records import Architecture, Attention, FeedForward, LayerGroup, Precision


def serving_memory(
    architecture: Architecture,
    mapping: Mapping,
    precision: Precision,
    facts: EfficiencyFacts,
    sequences: tuple[Num, Num],
) -> Breakdown:
    """Return the memory of the fullest rank by kind [B].

    M = weights + KV cache + activations + runtime     (1)

    Parameters
    ----------
    sequences : sequences that one attention replica holds, and tokens that each of them holds on average
    """
    held, tokens = sequences
    return Breakdown(
        "B",
        {
            "weights": weight_bytes(architecture, mapping, precision) * facts.byte,
            "KV cache": held * sequence_bytes(architecture, tokens, mapping, precision) * facts.byte,
            "activations": activation_bytes(architecture, facts.chunk_tokens, mapping, precision) * facts.byte,
            "runtime": facts.runtime_reserve,
        },
        "Memory",
    )


def weight_bytes(architecture: Architecture, mapping: Mapping, precision: Precision) -> Num:
    """Return the bytes of weights on one rank of the fullest pipeline stage, as a count.

    W = ceil(L/pp)/L sum over layers (mixer + feed-forward) b_w + ends V h b_a / tp     (1)

    One of embedding and output head lies on a stage, both if there is one stage only. Embedding, head and router keep
    the activation format. Experts are spread over ep ranks, copies filling the places left over, and their width over
    tp dp / ep.
    """
    hidden = architecture.hidden
    share = stage_share(architecture, mapping)
    layers = ops.summed(group.count * _layer_bytes(group, hidden, mapping, precision) for group in architecture.layers)
    matrix = float(architecture.vocabulary * hidden) * precision.activation_bytes / mapping.tp
    ends = 1.0 if architecture.tied_embeddings else ops.where(mapping.pp > 1.0, 1.0, 2.0)
    return share * layers + ends * matrix


def stage_share(architecture: Architecture, mapping: Mapping) -> Num:
    """Return the share of all layers that the fullest pipeline stage holds.

    s = ceil(L / pp) / L     (1)
    """
    return ops.ceil(architecture.depth / mapping.pp) / architecture.depth


def sequence_bytes(architecture: Architecture, tokens: Num, mapping: Mapping, precision: Precision) -> Num:
    """Return the cache bytes that one sequence of `tokens` tokens keeps on one rank of the fullest stage, as a count.

    C = s b_kv sum over layers e(tokens) r,  r = share of a layer's cache on one rank     (1)

    Key-value heads are split by tp and replicated beyond their number; a latent lies on every rank; fixed states are
    split by tp.
    """
    kept = ops.summed(
        group.count * cache_elements(group.attention, tokens) * _cache_share(group.attention, mapping.tp)
        for group in architecture.layers
    )
    return stage_share(architecture, mapping) * precision.kv_bytes * kept


def activation_bytes(architecture: Architecture, tokens: Num, mapping: Mapping, precision: Precision) -> Num:
    """Return the bytes of activations while `tokens` tokens pass the widest layer, as a count.

    A = b_a tokens max over layers (4 h + inner),  inner: queries, keys and values, or gate, up and product     (1)
    """
    widest: Num = 0.0
    for group in architecture.layers:
        widest = ops.maximum(widest, _inner(group, architecture.hidden, mapping))
    return precision.activation_bytes * tokens * (4.0 * architecture.hidden + widest)


def _inner(group: LayerGroup, hidden: int, mapping: Mapping) -> Num:
    attention, feed = group.attention, group.feed_forward
    queries = attention.heads * (attention.head_dim + attention.rope_dim + attention.value_dim) / mapping.tp
    if feed.kind == "moe":
        # Pairs of token and expert on one rank: about k tokens dp / ep, each as wide as the model and the expert.
        pairs = feed.active_experts * mapping.dp / mapping.ep
        return ops.maximum(queries, pairs * ((feed.latent or hidden) + feed.width))
    return ops.maximum(queries, feed.matrices * feed.width / mapping.tp)


def _cache_share(attention: Attention, tp: Num) -> Num:
    per_token = cache_elements_per_token(attention)
    if not per_token:
        return 1.0 / tp
    return kv_width(attention, tp) / per_token


def _layer_bytes(group: LayerGroup, hidden: int, mapping: Mapping, precision: Precision) -> Num:
    return _mixer_bytes(group.attention, hidden, mapping, precision) + _feed_bytes(
        group.feed_forward, hidden, mapping, precision
    )


def _mixer_bytes(attention: Attention, hidden: int, mapping: Mapping, precision: Precision) -> Num:
    whole = float(attention_parameters(attention, hidden))
    tp = mapping.tp
    replicated: Num = 0.0
    if attention.kind == "mla":
        replicated = float(hidden * (attention.latent_rank + attention.rope_dim + attention.query_rank))
    split = whole - replicated
    if attention.kind == "gqa":
        pair = float(hidden * attention.kv_heads * (attention.head_dim + attention.value_dim))
        surplus = ops.maximum(tp / attention.kv_heads, 1.0) - 1.0
        split = split + pair * surplus
    return (replicated + split / tp) * precision.weight_bytes


def _feed_bytes(feed: FeedForward, hidden: int, mapping: Mapping, precision: Precision) -> Num:
    if feed.kind != "moe":
        return float(expert_parameters(feed, hidden)) * precision.weight_bytes / mapping.tp
    experts = ops.ceil(feed.experts / mapping.ep) * float(expert_parameters(feed, hidden)) / expert_shards(mapping)
    shared = float(shared_parameters(feed, hidden)) / mapping.tp
    router = float(router_parameters(feed, hidden)) * precision.activation_bytes
    return (experts + shared) * precision.weight_bytes + router
