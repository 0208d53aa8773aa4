"""Operators of a forward pass: what one rank computes and moves, each kernel counted once."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num, replace
from rackwright.performance.records import Mapping, Operator, TokenShape
from rackwright.workload.records import Architecture, Attention, FeedForward, LayerGroup, Precision

Operators = tuple[Operator, ...]


def model_operators(architecture: Architecture, shape: TokenShape, mapping: Mapping, precision: Precision) -> Operators:
    """List the operators of one forward pass of one micro-batch on one rank of the mean pipeline stage.

    Every layer type appears once with

        count = layers / pp                                                                               (1)

    and so do embedding and output head with count 1 / pp: the pass through all stages takes pp times the sum over the
    list. The output head runs on the last token of each sequence in a prefill and on every token otherwise. The
    multi-token-prediction layers run in training only, each with its projection and its use of the output head.

    In a mixture of experts, `mapping.dp` is the number of attention replicas that share one set of experts:

        pairs = tokens * dp * k_active / ep            token-expert pairs on one rank                     (2)
        shards = tp * dp / ep                          ranks that split one expert's width, at least 1    (3)
        touched = (E / ep) (1 - (1 - k_active/E)^(tokens * dp))     experts whose weights are read [1]    (4)

    Shapes: all fields of `shape` and `mapping` are numbers or (designs, 1).

    References
    ----------
    [1] Expected number of distinct boxes hit when each token draws k_active of E at random (balanced routing).
    """
    found: list[Operator] = []
    for group in architecture.layers:
        found += layer_operators(group, shape, mapping, precision, architecture.hidden, architecture.norms_per_layer)
    found += _ends(architecture, shape, mapping, precision)
    if shape.phase == "training":
        for group in architecture.mtp_layers:
            found += _prediction(architecture, group, shape, mapping, precision)
    return tuple(found)


def layer_operators(
    group: LayerGroup, shape: TokenShape, mapping: Mapping, precision: Precision, hidden: int, norms: int = 2
) -> Operators:
    """List the operators of one layer type on one rank; see `model_operators` for the counting.

        flops = 2 m n k of every product; attention 2 tokens keys heads (d_score + d_value) / tp          (1)

    Key-value heads are replicated when tp exceeds their number. Multi-head latent attention expands keys and values
    in prefill and training, and works on the latent ("absorbed") in decode [1].

    References
    ----------
    [1] DeepSeek-AI, DeepSeek-V2, arXiv 2405.04434, section 2.1 and appendix C.
    """
    count = group.count / mapping.pp
    attend = _latent_attention if group.attention.kind == "mla" else _grouped_query_attention
    feed = _experts if group.feed_forward.kind == "moe" else _dense
    return attend(group.attention, shape, mapping, precision, (hidden, norms, count)) + feed(
        group.feed_forward, shape, mapping, precision, (hidden, norms, count)
    )


def attended(shape: TokenShape, window: int) -> Num:
    """Mean number of keys that a new token attends to in a layer with a sliding window of `window` tokens.

    Positions of new tokens are spread evenly from `past` to `past + length`, length = 2 (context - past):

        F(x) = x min(x, W) - min(x, W)^2 / 2,   keys = (F(past + length) - F(past)) / length              (1)
    """
    if not window:
        return shape.context
    if shape.phase == "decode":
        return ops.minimum(shape.context, float(window))
    length = ops.maximum(2.0 * (shape.context - shape.past), 1.0)

    def area(position: Num) -> Num:
        inside = ops.minimum(position, float(window))
        return inside * (position - 0.5 * inside)

    return (area(shape.past + length) - area(shape.past)) / length


def kv_width(attention: Attention, tp: Num) -> Num:
    """Elements that one token leaves in the KV cache of one layer on one rank.

    width = max(kv_heads / tp, 1) (d_head + d_value);   latent attention: rank + d_rope, on every rank    (1)
    """
    if attention.kind == "mla":
        return float(attention.latent_rank + attention.rope_dim)
    return ops.maximum(attention.kv_heads / tp, 1.0) * (attention.head_dim + attention.value_dim)


_Layer = tuple[int, int, Num]
"""Model width, normalisations per layer, executions per stage."""


def _product(name: str, dims: tuple[Num, Num, Num], precision: Precision, count: Num, groups: Num = 1.0) -> Operator:
    """One matrix product (m, n, k), or `groups` of them in one launch."""
    m, n, k = dims
    weights = n * k * groups
    return Operator(
        name=name,
        family="gemm",
        dtype=precision.compute,
        flops=2.0 * m * weights,
        weight_bytes=weights * precision.weight_bytes,
        activation_bytes=m * (n + k) * groups * precision.activation_bytes,
        kv_bytes=0.0,
        launches=1.0,
        m=m,
        n=n,
        k=k,
        count=count,
    )


def _unquantised(operator: Operator, precision: Precision) -> Operator:
    """The same product with weights kept in the activation format (router, output head)."""
    weights = operator.weight_bytes * (precision.activation_bytes / precision.weight_bytes)
    return replace(operator, dtype="bf16", weight_bytes=weights)


def _elementwise(name: str, elements: Num, launches: float, precision: Precision, count: Num) -> Operator:
    return Operator(
        name=name,
        family="elementwise",
        dtype="bf16",
        flops=0.0,
        weight_bytes=0.0,
        activation_bytes=elements * precision.activation_bytes,
        kv_bytes=0.0,
        launches=launches,
        m=1.0,
        n=1.0,
        k=1.0,
        count=count,
    )


def _attention_core(
    shape: TokenShape, keys: Num, heads: Num, widths: tuple[int, int], moved: tuple[Num, Num], dtype: str
) -> dict[str, object]:
    """Shared fields of an attention kernel; `widths` of score and value, `moved` KV bytes and activation bytes."""
    score, value = widths
    return {
        "name": "attention",
        "family": "attention_decode" if shape.phase == "decode" else "attention_prefill",
        "dtype": dtype,
        "flops": (2.0 * (score + value)) * shape.tokens * keys * heads,
        "weight_bytes": 0.0,
        "kv_bytes": moved[0],
        "activation_bytes": moved[1],
        "launches": 1.0,
        "m": shape.tokens / shape.sequences,
        "n": keys,
        "k": float(score),
    }


def attention_format(precision: Precision) -> str:
    """Format of the attention products: 8-bit only when both the cache and the other products are."""
    return "fp8" if precision.kv_cache == "fp8" and precision.compute in ("fp8", "fp4") else "bf16"


def _kv_moved(attention: Attention, shape: TokenShape, keys: Num, mapping: Mapping, precision: Precision) -> Num:
    """Bytes of cache that one layer writes for the new tokens and reads for what they attend to."""
    read = keys if shape.phase == "decode" else shape.past + shape.tokens / shape.sequences
    return kv_width(attention, mapping.tp) * precision.kv_bytes * (shape.tokens + shape.sequences * read)


def _grouped_query_attention(
    attention: Attention, shape: TokenShape, mapping: Mapping, precision: Precision, layer: _Layer
) -> Operators:
    hidden, norms, count = layer
    tokens = shape.tokens
    heads = attention.heads / mapping.tp
    queries = heads * attention.head_dim
    values = heads * attention.value_dim
    keys_values = kv_width(attention, mapping.tp)
    gate = values if attention.output_gate else 0.0
    keys = attended(shape, attention.window)
    moved = (
        _kv_moved(attention, shape, keys, mapping, precision),
        tokens * (queries + values) * precision.activation_bytes,
    )
    core = _attention_core(
        shape, keys, heads, (attention.head_dim, attention.value_dim), moved, attention_format(precision)
    )
    elements = tokens * (2.0 * norms * hidden + 2.0 * (queries + keys_values) + 3.0 * gate)
    return (
        _product("qkv", (tokens, queries + keys_values + gate, float(hidden)), precision, count),
        Operator(count=count, **core),  # type: ignore[arg-type]
        _product("output", (tokens, float(hidden), values), precision, count),
        _elementwise("norm, rope", elements, 2.0, precision, count),
    )


def _latent_attention(
    attention: Attention, shape: TokenShape, mapping: Mapping, precision: Precision, layer: _Layer
) -> Operators:
    hidden, norms, count = layer
    tokens, rank, rope = shape.tokens, attention.latent_rank, attention.rope_dim
    heads = attention.heads / mapping.tp
    query_width = heads * (attention.head_dim + rope)
    values = heads * attention.value_dim
    keys = attended(shape, attention.window)
    found = []
    down = float(rank + rope + attention.query_rank)
    found.append(_product("latent", (tokens, down, float(hidden)), precision, count))
    query_depth = float(attention.query_rank or hidden)
    found.append(_product("query", (tokens, query_width, query_depth), precision, count))
    if shape.phase == "decode":
        found.append(_product("absorb", (tokens, float(rank), float(attention.head_dim)), precision, count, heads))
        found.append(_product("expand", (tokens, float(attention.value_dim), float(rank)), precision, count, heads))
        widths, carried = (rank + rope, rank), heads * (2.0 * rank + rope)
    else:
        expanded = shape.tokens + shape.past * shape.sequences
        per_head = heads * (attention.head_dim + attention.value_dim)
        found.append(_product("expand", (expanded, per_head, float(rank)), precision, count))
        widths = (attention.head_dim + rope, attention.value_dim)
        carried = query_width + values + query_width + values
    moved = (_kv_moved(attention, shape, keys, mapping, precision), tokens * carried * precision.activation_bytes)
    core = _attention_core(shape, keys, heads, widths, moved, attention_format(precision))
    found.append(Operator(count=count, **core))  # type: ignore[arg-type]
    found.append(_product("output", (tokens, float(hidden), values), precision, count))
    elements = tokens * (2.0 * norms * hidden + 2.0 * (query_width + down))
    found.append(_elementwise("norm, rope", elements, 3.0, precision, count))
    return tuple(found)


def _dense(feed: FeedForward, shape: TokenShape, mapping: Mapping, precision: Precision, layer: _Layer) -> Operators:
    hidden, norms, count = layer
    return _gated("", feed.width / mapping.tp, feed.matrices, shape.tokens, precision, layer) + (
        _activation(
            norms * hidden * 2.0 * shape.tokens, feed, shape.tokens * feed.width / mapping.tp, precision, count
        ),
    )


def _gated(prefix: str, width: Num, matrices: int, tokens: Num, precision: Precision, layer: _Layer) -> Operators:
    hidden, _, count = layer
    return (
        _product(f"{prefix}gate, up", (tokens, (matrices - 1.0) * width, float(hidden)), precision, count),
        _product(f"{prefix}down", (tokens, float(hidden), width), precision, count),
    )


def _activation(norm: Num, feed: FeedForward, inner: Num, precision: Precision, count: Num) -> Operator:
    return _elementwise("norm, activation", norm + feed.matrices * inner, 2.0, precision, count)


def _experts(feed: FeedForward, shape: TokenShape, mapping: Mapping, precision: Precision, layer: _Layer) -> Operators:
    hidden, norms, count = layer
    ranks = mapping.tp * mapping.dp
    together = shape.tokens * mapping.dp
    width = feed.width / ops.maximum(ranks / mapping.ep, 1.0)
    pairs = together * feed.active_experts / mapping.ep
    local = feed.experts / mapping.ep
    touched = local * _hit_share(feed, together)
    inner = pairs * width
    found = [
        _unquantised(
            _product("router", (shape.tokens, float(feed.experts), float(hidden)), precision, count), precision
        ),
        _grouped("experts gate, up", (pairs, (feed.matrices - 1.0) * width, float(hidden)), touched, precision, count),
        _grouped("experts down", (pairs, float(hidden), width), touched, precision, count),
    ]
    if feed.shared_experts:
        shared = feed.shared_experts * feed.shared_width / mapping.tp
        found += _gated("shared ", shared, feed.matrices, shape.tokens, precision, layer)
        inner = inner + shape.tokens * shared
    # Routing gathers each pair's input and sums its output: four passes over `hidden` elements.
    routed = 4.0 * hidden * pairs + 2.0 * norms * hidden * shape.tokens
    found.append(replace(_activation(routed, feed, inner, precision, count), launches=5.0))
    return tuple(found)


def _hit_share(feed: FeedForward, tokens: Num) -> Num:
    """Share of experts that get at least one of `tokens` tokens under balanced routing."""
    if feed.active_experts >= feed.experts:
        return 1.0
    return 1.0 - ops.power(1.0 - feed.active_experts / feed.experts, tokens)


def _grouped(name: str, dims: tuple[Num, Num, Num], groups: Num, precision: Precision, count: Num) -> Operator:
    """One launch of `groups` products that share `pairs` rows between them."""
    pairs, n, k = dims
    return Operator(
        name=name,
        family="grouped_gemm",
        dtype=precision.compute,
        flops=2.0 * pairs * n * k,
        weight_bytes=groups * n * k * precision.weight_bytes,
        activation_bytes=pairs * (n + k) * precision.activation_bytes,
        kv_bytes=0.0,
        launches=1.0,
        m=pairs / groups,
        n=n,
        k=k,
        count=count,
    )


def _ends(architecture: Architecture, shape: TokenShape, mapping: Mapping, precision: Precision) -> Operators:
    """Embedding and output head, both split over the vocabulary by tp."""
    stage = 1.0 / mapping.pp
    gathered = 2.0 * shape.tokens * architecture.hidden
    embedding = replace(_elementwise("embedding", gathered, 1.0, precision, stage), family="embedding")
    return (embedding, _output_head(architecture, shape, mapping, precision))


def _output_head(architecture: Architecture, shape: TokenShape, mapping: Mapping, precision: Precision) -> Operator:
    rows = shape.sequences if shape.phase == "prefill" else shape.tokens
    columns = architecture.vocabulary / mapping.tp
    head = _product("output head", (rows, columns, float(architecture.hidden)), precision, 1.0 / mapping.pp)
    return _unquantised(head, precision)


def _prediction(
    architecture: Architecture, group: LayerGroup, shape: TokenShape, mapping: Mapping, precision: Precision
) -> Operators:
    """Multi-token-prediction layers: each joins two streams of model width, and uses the output head again."""
    hidden, count = architecture.hidden, group.count / mapping.pp
    join = _product("join", (shape.tokens, float(hidden), 2.0 * hidden), precision, count)
    head = replace(_output_head(architecture, shape, mapping, precision), count=count)
    found = layer_operators(group, shape, mapping, precision, hidden, architecture.norms_per_layer)
    return (*found, join, head)
