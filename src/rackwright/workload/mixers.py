"""Which token mixer each layer has, from the features a config states."""

from __future__ import annotations

from typing import Any

from rackwright.base.errors import UnsupportedModelError
from rackwright.base.record import replace
from rackwright.workload.reader import Reader
from rackwright.workload.records import Attention

NO_MIXER = Attention("none", 0, 0, 0, 0)
_LABELS = {
    "full_attention": "full",
    "attention": "full",
    "global": "full",
    "sliding_attention": "sliding",
    "chunked_attention": "sliding",
    "local": "sliding",
    "linear_attention": "linear",
    "mamba": "mamba",
    "mamba2": "mamba",
}


def mixers(read: Reader, depth: int) -> list[Attention]:
    """Return the token mixer of every layer.

    References
    ----------
    [1] Hugging Face transformers, modelling code of the families in `data/model_families.yaml`.
    """
    if read.get("compress_ratios") is not None:
        return [_compressed(read, int(ratio)) for ratio in read.per_layer("compress_ratios", depth)]
    build = {"full": _full, "sliding": _sliding, "linear": linear, "mamba": mamba}
    made: dict[str, Attention] = {}
    layers = []
    for label in _labels(read, depth):
        if label not in made:
            made[label] = build[label](read)
        layers.append(made[label])
    return _indexed(read, layers)


def _labels(read: Reader, depth: int) -> list[str]:
    """Name each layer's mixer: full, sliding, linear or mamba."""
    linear_config = read.get("linear_attn_config")
    full_every = read.whole("full_attention_interval", 0)
    if read.get("layer_types") is not None:
        return [_label(read, str(name)) for name in read.per_layer("layer_types", depth)]
    if isinstance(linear_config, dict):
        kda = {int(layer) - 1 for layer in linear_config.get("kda_layers", ())}
        return ["linear" if layer in kda else "full" for layer in range(depth)]
    if full_every:
        return ["full" if (layer + 1) % full_every == 0 else "linear" for layer in range(depth)]
    return _windowed_labels(read, depth)


def _windowed_labels(read: Reader, depth: int) -> list[str]:
    """Name full and sliding layers where only a pattern says which is which."""
    if read.get("hybrid_layer_pattern") is not None:
        return ["sliding" if sliding else "full" for sliding in read.per_layer("hybrid_layer_pattern", depth)]
    if read.get("no_rope_layers"):
        return ["sliding" if rotary else "full" for rotary in read.per_layer("no_rope_layers", depth)]
    every = read.whole("sliding_window_pattern", 0) or read.whole("no_rope_layer_interval", 0)
    if not window_length(read) or not read.flag("use_sliding_window", True):
        return ["full"] * depth
    if every:
        return ["full" if (layer + 1) % every == 0 else "sliding" for layer in range(depth)]
    first = read.whole("max_window_layers", 0) if read.get("use_sliding_window") else 0
    return ["sliding" if layer >= first else "full" for layer in range(depth)]


def _label(read: Reader, name: str) -> str:
    if name not in _LABELS:
        raise UnsupportedModelError(f"{read.name}: layer type {name!r} (config key `layer_types`) is not modelled")
    return _LABELS[name]


def window_length(read: Reader) -> int:
    """Return the length of the sliding or chunked window; 0 for none.

    References
    ----------
    [1] Hugging Face transformers: `sliding_window` of most families, `attention_chunk_size` of Llama 4.
    """
    chunk, window = read.whole("attention_chunk_size", 0), read.whole("sliding_window", 0)
    if chunk and not window:
        read.notes.append("chunked attention is read as a sliding window of the chunk's length")
    return window or chunk


def _full(read: Reader) -> Attention:
    if read.get("kv_lora_rank"):
        return _latent(read)
    attention = _softmax(read)
    head_dim = read.whole("global_head_dim", attention.head_dim)
    return replace(
        attention,
        head_dim=head_dim,
        value_dim=head_dim if read.get("global_head_dim") else attention.value_dim,
        kv_heads=read.positive("num_global_key_value_heads", attention.kv_heads),
        shared_kv=read.flag("attention_k_eq_v"),
    )


def _sliding(read: Reader) -> Attention:
    attention = _softmax(read)
    head_dim = read.positive("swa_head_dim", attention.head_dim)
    other = read.get("attention_other_setting")
    other = other if isinstance(other, dict) else {}
    return replace(
        attention,
        heads=int(other.get("num_attention_heads", read.positive("swa_num_attention_heads", attention.heads))),
        kv_heads=int(other.get("num_attention_groups", read.positive("swa_num_key_value_heads", attention.kv_heads))),
        head_dim=head_dim,
        value_dim=read.positive("swa_v_head_dim", attention.value_dim),
        window=window_length(read),
        sinks=attention.sinks or read.flag("add_swa_attention_sink_bias"),
    )


def _softmax(read: Reader) -> Attention:
    """Return full attention with grouped heads."""
    heads = read.positive("num_attention_heads")
    head_dim = read.positive("head_dim", read.positive("hidden_size") // heads)
    bias, norm = read.flag("attention_bias"), read.flag("use_qk_norm")
    over_all = read.flag("full_qk_norm") or (norm and read.get("qk_norm_type") == "per_layer")
    return Attention(
        kind="gqa",
        heads=heads,
        kv_heads=read.positive("num_key_value_heads", 1 if read.flag("multi_query") else heads),
        head_dim=head_dim,
        value_dim=read.positive("v_head_dim", head_dim),
        bias=bias,
        output_bias=read.flag("attention_out_bias"),
        output_gate=read.flag("attn_output_gate"),
        qk_norm=norm and not over_all,
        full_qk_norm=over_all,
        sinks=read.flag("attention_sinks") or read.flag("add_full_attention_sink_bias"),
    )


def _latent(read: Reader) -> Attention:
    read.superseded("num_key_value_heads", "head_dim", "attention_bias")
    heads = read.positive("num_attention_heads")
    return Attention(
        kind="mla",
        heads=heads,
        kv_heads=heads,
        head_dim=read.positive("qk_nope_head_dim"),
        value_dim=read.positive("v_head_dim"),
        rope_dim=read.whole("qk_rope_head_dim", 0),
        query_rank=read.whole("q_lora_rank", 0),
        latent_rank=read.positive("kv_lora_rank"),
        output_gate=read.flag("attn_output_gate"),
    )


def _compressed(read: Reader, ratio: int) -> Attention:
    """Return attention over a local window and merged entries; only the finely merged layers pick with an indexer."""
    head_dim = read.positive("head_dim")
    picks = 0 < ratio < read.positive("sliding_window")
    return Attention(
        kind="compressed",
        heads=read.positive("num_attention_heads"),
        kv_heads=read.positive("num_key_value_heads", 1),
        head_dim=head_dim,
        value_dim=head_dim,
        rope_dim=read.whole("qk_rope_head_dim", 0),
        query_rank=read.positive("q_lora_rank"),
        window=read.positive("sliding_window"),
        sinks=read.flag("attention_sinks"),
        index_heads=read.whole("index_n_heads", 0) if picks else 0,
        index_dim=read.whole("index_head_dim", 0) if picks else 0,
        index_tokens=read.whole("index_topk", 0) if picks else 0,
        output_rank=read.positive("o_lora_rank"),
        output_groups=read.positive("o_groups"),
        compression=ratio,
    )


def linear(read: Reader) -> Attention:
    """Return gated-delta attention: with one decay per head, or one per channel.

    References
    ----------
    [1] Yang et al., Gated Delta Networks, 2024.
    [2] Moonshot AI, Kimi Linear, 2025 (decay per channel).
    """
    own = read.get("linear_attn_config")
    if isinstance(own, dict):
        per = Reader(own, f"{read.name}: linear_attn_config")
        heads, width = per.positive("num_heads"), per.positive("head_dim")
        gate = 0 if per.flag("use_full_rank_gate") else width
        conv = per.positive("short_conv_kernel_size")
        return Attention(
            "delta", heads, heads, width, width, output_gate=True, output_gate_rank=gate, conv=conv, gate_rank=width
        )
    return Attention(
        kind="delta",
        heads=read.positive("linear_num_value_heads"),
        kv_heads=read.positive("linear_num_key_heads"),
        head_dim=read.positive("linear_key_head_dim"),
        value_dim=read.positive("linear_value_head_dim"),
        output_gate=True,
        conv=read.positive("linear_conv_kernel_dim"),
    )


def mamba(read: Reader) -> Attention:
    """Return a Mamba-2 layer.

    References
    ----------
    [1] Dao and Gu, Transformers are SSMs, 2024.
    """
    if read.flag("mamba_proj_bias") or read.flag("use_bias"):
        raise UnsupportedModelError(f"{read.name}: biases in Mamba projections (`mamba_proj_bias`) are not modelled")
    read.superseded("use_conv_bias", "mamba_conv_bias")
    return Attention(
        kind="mamba",
        heads=read.positive("mamba_num_heads"),
        kv_heads=read.positive("n_groups"),
        head_dim=read.positive("ssm_state_size"),
        value_dim=read.positive("mamba_head_dim"),
        conv=read.positive("conv_kernel"),
    )


def _indexed(read: Reader, layers: list[Attention]) -> list[Attention]:
    """Add the indexers that pick which tokens a query reads: per token (DSA) or per block."""
    block: Any = read.get("sparse_attention_config")
    if read.whole("index_topk", 0):
        heads, width, picked = read.positive("index_n_heads"), read.positive("index_head_dim"), read.whole("index_topk")
        own = [True] * len(layers)
        if read.get("indexer_types") is not None:
            own = [name != "shared" for name in read.per_layer("indexer_types", len(layers))]
        return [
            replace(a, index_heads=heads if o else 0, index_dim=width if o else 0, index_tokens=picked)
            for a, o in zip(layers, own, strict=True)
        ]
    if isinstance(block, dict) and block.get("use_sparse_attention"):
        per = Reader(block, f"{read.name}: sparse_attention_config")
        size = per.positive("sparse_block_size")
        picks = {
            "index_heads": per.positive("sparse_num_index_heads"),
            "index_dim": per.positive("sparse_index_dim"),
            "index_tokens": per.positive("sparse_topk_blocks") * size,
            "index_block": size,
        }
        sparse = per.per_layer("sparse_attention_freq", len(layers))
        return [replace(a, **picks) if s else a for a, s in zip(layers, sparse, strict=True)]
    return layers
