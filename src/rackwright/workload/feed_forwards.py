"""Which feed-forward each layer has: dense or a mixture of experts, from the features a config states."""

from __future__ import annotations

from rackwright.base.errors import UnsupportedModelError
from rackwright.workload.reader import Reader
from rackwright.workload.records import FeedForward

NO_FEED_FORWARD = FeedForward("none", 0, 0)
_GATED = {"silu", "swish", "swiglu", "geglu", "reglu", "swigluoai", "situ", "situ-glu"}
_PLAIN = {"gelu", "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_tanh", "relu", "relu2", "quick_gelu"}
_ACTIVATION = "silu"


def feed_forwards(read: Reader, depth: int) -> list[FeedForward]:
    """Return the feed-forward of every layer.

    References
    ----------
    [1] Hugging Face transformers, modelling code of the families in `data/model_families.yaml`.
    """
    if not read.whole("num_experts", 0):
        return [dense(read)] * depth
    mixture = moe(read)
    sparse = _sparse_layers(read, depth)
    return [mixture if is_sparse else dense(read) for is_sparse in sparse]


def matrices(read: Reader) -> int:
    """Return 3 for a gated feed-forward, 2 for a plain one.

    References
    ----------
    [1] Shazeer, GLU variants improve transformer, 2020.
    """
    activation = str(read.get("hidden_act", _ACTIVATION)).lower()
    if activation not in _GATED | _PLAIN:
        raise UnsupportedModelError(f"{read.name}: activation {activation!r} (config key `hidden_act`) is not known")
    return 3 if read.flag("mlp_gated", activation in _GATED) else 2


def dense(read: Reader) -> FeedForward:
    """Return the dense feed-forward.

    References
    ----------
    [1] Vaswani et al., Attention is all you need, 2017, section 3.3: four times the model width where none is stated.
    """
    count = matrices(read)
    usual = 4 * read.positive("hidden_size") if count == 2 else None
    width = read.get("dense_intermediate_size") or read.get("intermediate_size") or usual
    if not width:
        raise UnsupportedModelError(f"{read.name}: config key `intermediate_size` is missing")
    key = "dense_intermediate_size" if read.get("dense_intermediate_size") else "intermediate_size"
    return FeedForward("dense", read.positive(key, usual), count, bias=read.flag("mlp_bias"))


def moe(read: Reader) -> FeedForward:
    """Return the mixture of experts.

    References
    ----------
    [1] DeepSeek-AI, DeepSeekMoE, 2024 (shared experts); Qwen2-MoE (gated shared expert).
    """
    read.superseded("dense_intermediate_size")
    width = read.positive("moe_intermediate_size", read.whole("intermediate_size", 0) or None)
    shared_width = read.whole("shared_expert_intermediate_size", 0)
    shared = read.whole("n_shared_experts", 1 if shared_width else 0)
    if read.flag("enable_moe_block"):  # a dense feed-forward runs beside the experts
        shared, shared_width = 1, read.positive("intermediate_size")
    experts, active = read.positive("num_experts"), read.positive("num_experts_per_tok")
    if active > experts:
        raise UnsupportedModelError(f"{read.name}: {active} experts per token of {experts} (`num_experts_per_tok`)")
    return FeedForward(
        kind="moe",
        width=width,
        matrices=matrices(read),
        experts=experts,
        active_experts=active,
        shared_experts=shared,
        shared_width=(shared_width or width) if shared else 0,
        bias=read.flag("mlp_bias"),
        latent=read.whole("moe_latent_size", 0),
        shared_gate=bool(shared) and read.flag("shared_expert_gate"),
        router_bias=read.flag("use_routing_bias") or read.get("topk_method") == "noaux_tc",
    )


def _sparse_layers(read: Reader, depth: int) -> list[bool]:
    """Say which layers are mixtures."""
    frequency = read.get("moe_layer_freq")
    dense_prefix = read.whole("first_k_dense_replace", 0)
    step = read.whole("interleave_moe_layer_step", 0) or read.whole("decoder_sparse_step", 0)
    if read.get("mlp_layer_types") is not None:
        return [name == "sparse" for name in read.per_layer("mlp_layer_types", depth)]
    if isinstance(frequency, list):
        return [bool(sparse) for sparse in read.per_layer("moe_layer_freq", depth)]
    if read.get("moe_layers_enum") is not None or isinstance(read.get("moe_layers"), list):
        named = read.get("moe_layers_enum") or read.get("moe_layers")
        chosen = {int(layer) for layer in (named.split(",") if isinstance(named, str) else named)}
        return [layer in chosen for layer in range(depth)]
    if step:
        only_dense = {int(layer) for layer in read.get("mlp_only_layers", ())}
        return [(layer + 1) % step == 0 and layer not in only_dense for layer in range(depth)]
    every = int(frequency) if isinstance(frequency, int | float) and frequency else 1
    return [layer >= dense_prefix and layer % every == 0 for layer in range(depth)]
