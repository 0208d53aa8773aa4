"""Operators of one token mixer on one rank: projections, scores and values, output projection, norms.

Kinds of mixer are those of `workload.records.Attention`; each is one function registered under its name.
"""

from __future__ import annotations

from collections.abc import Callable

from rackwright.base import ops
from rackwright.base.record import Num, replace
from rackwright.performance.kernels import Layer, Operators, elementwise, product
from rackwright.performance.records import Operator, TokenShape
from rackwright.workload.cache import state_elements
from rackwright.workload.parameters import attention_parameters
from rackwright.workload.records import Attention, Precision

_SCAN_BLOCK = 64.0
"""Tokens that linear mixers work off together in a prefill, as their published kernels do."""


def mixer_operators(attention: Attention, layer: Layer) -> Operators:
    """List the operators of one token mixer.

    flops = 2 m n k of every product; softmax attention 2 tokens keys heads (d_score + d_value) / tp      (1)

    Key-value heads are replicated when tp exceeds their number. Multi-head latent attention expands keys and values
    in prefill and training, and works on the latent ("absorbed") in decode [1]. An indexer reads the keys of all
    earlier tokens before attention reads the chosen ones [2]. Linear mixers read and write a fixed state [3].

    References
    ----------
    [1] DeepSeek-AI, DeepSeek-V2, arXiv 2405.04434, section 2.1 and appendix C.
    [2] DeepSeek-AI, DeepSeek-V3.2, 2025.
    [3] Dao and Gu, Transformers are SSMs, 2024; Yang et al., Gated Delta Networks, 2024.
    """
    return _MIXERS[attention.kind](attention, layer)


def attended(shape: TokenShape, window: int) -> Num:
    """Mean number of keys that a new token attends to where a token sees at most `window` tokens (0: all).

    Positions of new tokens are p = past + 1 .. past + length, with length = 2 (context - past) - 1:

        S(x) = i (i + 1)/2 + (x - i) W,  i = min(x, W);   keys = (S(past + length) - S(past)) / length    (1)
    """
    if not window:
        return shape.context
    if shape.phase == "decode":
        return ops.minimum(shape.context, float(window))
    length = ops.maximum(2.0 * (shape.context - shape.past) - 1.0, 1.0)

    def reached(last: Num) -> Num:
        inside = ops.minimum(last, float(window))
        return 0.5 * inside * (inside + 1.0) + (last - inside) * float(window)

    return (reached(shape.past + length) - reached(shape.past)) / length


def kv_width(attention: Attention, tp: Num) -> Num:
    """Elements that one token leaves in the KV cache of one layer on one rank.

    width = max(kv_heads / tp, 1) (d_head + d_value);   latent attention: rank + d_rope, on every rank    (1)
    """
    index = attention.index_dim if attention.index_tokens else 0
    if attention.kind == "mla":
        return float(attention.latent_rank + attention.rope_dim + index)
    if attention.kind == "compressed":
        return float(attention.head_dim)
    return ops.maximum(attention.kv_heads / tp, 1.0) * (attention.head_dim + attention.value_dim) + index


def attention_format(precision: Precision) -> str:
    """Return the format of attention products: 8-bit only when both the cache and the other products are at most that.

    References
    ----------
    [1] Shah et al., FlashAttention-3, 2024, section 3.3.
    """
    return "fp8" if precision.kv_cache == "fp8" and precision.compute in ("fp8", "fp4") else "bf16"


def _core(layer: Layer, keys: Num, heads: Num, widths: tuple[int, int], moved: tuple[Num, Num]) -> Operator:
    """The scores and values of softmax attention; `widths` of score and value, `moved` cache and activation bytes."""
    shape, (score, value) = layer.shape, widths
    return Operator(
        name="attention",
        family="attention_decode" if shape.phase == "decode" else "attention_prefill",
        dtype=attention_format(layer.precision),
        flops=(2.0 * (score + value)) * shape.tokens * keys * heads,
        weight_bytes=0.0,
        activation_bytes=moved[1],
        kv_bytes=moved[0],
        launches=1.0,
        m=shape.tokens / shape.sequences,
        n=keys,
        k=float(score),
        count=layer.count,
    )


def _cache_moved(width: Num, layer: Layer, keys: Num) -> Num:
    """Bytes of cache written for the new tokens and read for what they attend to."""
    shape = layer.shape
    read = keys if shape.phase == "decode" else shape.past + shape.tokens / shape.sequences
    return width * layer.precision.kv_bytes * (shape.tokens + shape.sequences * read)


def _picked(attention: Attention, layer: Layer) -> Num:
    """Keys attended after window and indexer."""
    return attended(layer.shape, attention.window or attention.index_tokens)


def _grouped_query(attention: Attention, layer: Layer) -> Operators:
    tokens, tp, hidden = layer.shape.tokens, layer.mapping.tp, float(layer.hidden)
    heads = attention.heads / tp
    queries, values = heads * attention.head_dim, heads * attention.value_dim
    pair = ops.maximum(attention.kv_heads / tp, 1.0)
    projected = pair * (attention.head_dim + (0 if attention.shared_kv else attention.value_dim))
    gate = values if attention.output_gate else 0.0
    keys = _picked(attention, layer)
    cache = _cache_moved(pair * (attention.head_dim + attention.value_dim), layer, keys)
    moved = (cache, tokens * (queries + values) * layer.precision.activation_bytes)
    elements = layer.norm_elements + tokens * (2.0 * (queries + projected) + 3.0 * gate)
    return (
        product("qkv", (tokens, queries + projected + gate, hidden), layer),
        _core(layer, keys, heads, (attention.head_dim, attention.value_dim), moved),
        product("output", (tokens, hidden, values), layer),
        elementwise("norm, rope", elements, 2.0, layer),
        *_indexer(attention, layer, hidden),
    )


def _latent(attention: Attention, layer: Layer) -> Operators:
    tokens, hidden = layer.shape.tokens, float(layer.hidden)
    rank, rope = attention.latent_rank, attention.rope_dim
    heads = attention.heads / layer.mapping.tp
    query_width, values = heads * (attention.head_dim + rope), heads * attention.value_dim
    gate = values if attention.output_gate else 0.0
    down = float(rank + rope + attention.query_rank)
    depth = float(attention.query_rank or layer.hidden)
    elements = layer.norm_elements + tokens * (2.0 * (query_width + down) + 3.0 * gate)
    return (
        product("latent", (tokens, down + gate, hidden), layer),
        product("query", (tokens, query_width, depth), layer),
        *(_absorbed(attention, layer) if layer.shape.phase == "decode" else _expanded(attention, layer)),
        product("output", (tokens, hidden, values), layer),
        elementwise("norm, rope", elements, 3.0, layer),
        *_indexer(attention, layer, depth),
    )


def _absorbed(attention: Attention, layer: Layer) -> Operators:
    """Decode on the latent: queries go to the latent space head by head, results come back the same way."""
    tokens, rank = layer.shape.tokens, attention.latent_rank
    heads = attention.heads / layer.mapping.tp
    score = rank + attention.rope_dim
    keys = _picked(attention, layer)
    moved = (
        _cache_moved(float(score), layer, keys),
        tokens * heads * float(score + rank) * layer.precision.activation_bytes,
    )
    core = _core(layer, keys, heads, (score, rank), moved)
    return (
        product("absorb", (tokens, float(rank), float(attention.head_dim)), layer, heads),
        replace(core, family="latent_decode", dtype="bf16"),
        product("expand", (tokens, float(attention.value_dim), float(rank)), layer, heads),
    )


def _expanded(attention: Attention, layer: Layer) -> Operators:
    """Prefill with keys and values of every token, cached ones too, expanded from the latent."""
    shape, rope = layer.shape, attention.rope_dim
    heads = attention.heads / layer.mapping.tp
    width = heads * (attention.head_dim + attention.value_dim)
    score = attention.head_dim + rope
    keys = _picked(attention, layer)
    moved = (
        _cache_moved(float(attention.latent_rank + rope), layer, keys),
        2.0 * shape.tokens * heads * float(score + attention.value_dim) * layer.precision.activation_bytes,
    )
    tokens = shape.tokens + shape.past * shape.sequences
    return (
        product("expand", (tokens, width, float(attention.latent_rank)), layer),
        _core(layer, keys, heads, (score, attention.value_dim), moved),
    )


def _indexer(attention: Attention, layer: Layer, depth: float) -> Operators:
    """The indexer's projections and its scan over the keys of all earlier tokens, on every rank."""
    if not attention.index_heads:
        return ()
    shape, heads, width = layer.shape, float(attention.index_heads), attention.index_dim
    scanned = shape.context / attention.index_block
    cache = _cache_moved(float(width), layer, scanned)
    scan = _core(
        layer, scanned, heads, (width, 0), (cache, shape.tokens * heads * width * layer.precision.activation_bytes)
    )
    return (
        product("index query", (shape.tokens, heads * width, depth), layer),
        product("index key", (shape.tokens, heads + width, float(layer.hidden)), layer),
        replace(scan, name="index scan"),
    )


def _projections(attention: Attention, layer: Layer) -> Operators:
    """All projections of a mixer without a list of its own, as one product with as many weights."""
    tokens, hidden = layer.shape.tokens, float(layer.hidden)
    columns = attention_parameters(attention, layer.hidden) / hidden / layer.mapping.tp
    widths = attention.heads * (attention.head_dim + attention.value_dim) / layer.mapping.tp
    return (
        product("projections", (tokens, columns, hidden), layer),
        elementwise("norm, rope", layer.norm_elements + 2.0 * tokens * widths, 4.0, layer),
    )


def _compressed(attention: Attention, layer: Layer) -> Operators:
    shape = layer.shape
    heads = attention.heads / layer.mapping.tp
    width = float(attention.head_dim)
    keys, indexed = attended(shape, attention.window), shape.context
    if attention.compression:
        merged = shape.context / attention.compression
        most = float(attention.index_tokens)
        keys = keys + (ops.minimum(merged, most) if most else merged)
        indexed = merged
    moved = (
        _cache_moved(width, layer, keys),
        2.0 * shape.tokens * heads * width * layer.precision.activation_bytes,
    )
    found = _projections(attention, layer) + (
        _core(layer, keys, heads, (attention.head_dim, attention.head_dim), moved),
    )
    if not attention.index_heads:
        return found
    index_width = attention.index_dim
    cache = _cache_moved(float(index_width), layer, indexed)
    activations = shape.tokens * float(attention.index_heads * index_width) * layer.precision.activation_bytes
    scan = _core(layer, indexed, float(attention.index_heads), (index_width, 0), (cache, activations))
    return (*found, replace(scan, name="index scan"))


def _linear(attention: Attention, layer: Layer) -> Operators:
    """Linear attention and state-space mixers: a state per sequence, read and written once per pass."""
    shape, tp = layer.shape, layer.mapping.tp
    factor = 6.0 if attention.kind == "delta" else 4.0
    heads = attention.heads / tp
    state = state_elements(attention) / tp
    scan = Operator(
        name="scan",
        family="attention_decode" if shape.phase == "decode" else "attention_prefill",
        dtype="bf16",
        flops=factor * shape.tokens * heads * float(attention.head_dim * attention.value_dim),
        weight_bytes=0.0,
        activation_bytes=2.0
        * shape.tokens
        * heads
        * float(attention.head_dim + attention.value_dim)
        * layer.precision.activation_bytes,
        kv_bytes=2.0 * shape.sequences * state * layer.precision.kv_bytes,
        launches=2.0,
        m=shape.tokens / shape.sequences,
        n=_SCAN_BLOCK,
        k=float(attention.head_dim),
        count=layer.count,
    )
    return (*_projections(attention, layer), scan)


def _nothing(attention: Attention, layer: Layer) -> Operators:
    return ()


_MIXERS: dict[str, Callable[[Attention, Layer], Operators]] = {
    "gqa": _grouped_query,
    "mla": _latent,
    "compressed": _compressed,
    "delta": _linear,
    "mamba": _linear,
    "none": _nothing,
}
