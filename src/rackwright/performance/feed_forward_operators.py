"""Operators of one feed-forward layer on one rank: dense, or a mixture of experts."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.performance.kernels import Layer, Operators, elementwise, grouped_product, product, unquantised
from rackwright.performance.records import Mapping, Operator
from rackwright.workload.records import FeedForward


def feed_forward_operators(feed: FeedForward, layer: Layer) -> Operators:
    """List the operators of one feed-forward layer.

    flops = 2 tokens hidden width matrices / tp     for a dense layer, in two products                      (1)

    A mixture adds the router on every rank, shared experts split by tp, and the routed experts; see
    `expert_load` for how tokens spread over ranks.
    """
    if feed.kind == "none":
        return ()
    if feed.kind == "moe":
        return _mixture(feed, layer)
    width = feed.width / layer.mapping.tp
    return (*_gated("", width, feed.matrices, layer), _activation(feed, layer.shape.tokens * width, layer))


def expert_shards(mapping: Mapping) -> Num:
    """Ranks that split the width of one routed expert.

    shards = max(tp dp / ep, 1)     (1)
    """
    return ops.maximum(mapping.tp * mapping.dp / mapping.ep, 1.0)


def expert_load(feed: FeedForward, layer: Layer) -> tuple[Num, Num]:
    """Return (token-expert pairs on one rank, experts whose weights one rank reads).

    pairs = tokens dp k / ep,   touched = (E / ep) (1 - (1 - k/E)^(tokens dp))                            (1)

    dp is the number of attention replicas that share the experts; routing is balanced and independent by token [1].

    References
    ----------
    [1] Expected number of distinct boxes hit when each token draws k of E at random.
    """
    together = layer.shape.tokens * layer.mapping.dp
    pairs = together * feed.active_experts / layer.mapping.ep
    missed: Num = 0.0
    if feed.active_experts < feed.experts:
        missed = ops.power(1.0 - feed.active_experts / feed.experts, together)
    return pairs, (1.0 - missed) * (feed.experts / layer.mapping.ep)


def _gated(prefix: str, width: Num, matrices: int, layer: Layer) -> Operators:
    tokens, hidden = layer.shape.tokens, float(layer.hidden)
    return (
        product(f"{prefix}gate, up", (tokens, (matrices - 1.0) * width, hidden), layer),
        product(f"{prefix}down", (tokens, hidden, width), layer),
    )


def _activation(feed: FeedForward, inner: Num, layer: Layer) -> Operator:
    return elementwise("norm, activation", layer.norm_elements + feed.matrices * inner, 2.0, layer)


def _mixture(feed: FeedForward, layer: Layer) -> Operators:
    tokens, hidden = layer.shape.tokens, float(layer.hidden)
    inside = float(feed.latent or layer.hidden)
    width = feed.width / expert_shards(layer.mapping)
    pairs, touched = expert_load(feed, layer)
    # Routing gathers each pair's input and sums its output: four passes over the experts' width of the model.
    inner = pairs * width + 4.0 * inside * pairs / feed.matrices
    columns = feed.experts + feed.shared_gate
    found = [
        unquantised(product("router", (tokens, float(columns), hidden), layer), layer.precision),
        grouped_product("experts gate, up", (pairs, (feed.matrices - 1.0) * width, inside), touched, layer),
        grouped_product("experts down", (pairs, inside, width), touched, layer),
    ]
    if feed.latent:
        found.append(product("expert latent", (tokens, 2.0 * feed.latent, hidden), layer))
    if feed.shared_experts:
        shared = feed.shared_experts * feed.shared_width / layer.mapping.tp
        found += _gated("shared ", shared, feed.matrices, layer)
        inner = inner + tokens * shared
    return (*found, _activation(feed, inner, layer))
