"""Architectures and demands. Architecture fields are plain whole numbers: they never vary within a block of designs."""

from __future__ import annotations

from rackwright.base.record import Num, field, record


@record
class Attention:
    """One attention layer type."""

    kind: str = field("", "`gqa` (covers MHA and MQA) or `mla`")
    heads: int = field("", "query heads")
    kv_heads: int = field("", "key and value heads; for MLA equal to `heads`")
    head_dim: int = field("", "width of a query/key head (MLA: without the rotary part)")
    value_dim: int = field("", "width of a value head")
    rope_dim: int = field("", "MLA: rotary width added to query and key", default=0)
    query_rank: int = field("", "MLA: rank of the query compression; 0 for none", default=0)
    latent_rank: int = field("", "MLA: rank of the key-value latent", default=0)
    window: int = field("", "sliding-window length in tokens; 0 for full attention", default=0)
    bias: bool = field("", "projections carry biases", default=False)
    output_gate: bool = field("", "a sigmoid gate of the width of the attention output is computed", default=False)
    qk_norm: bool = field("", "queries and keys are normalised", default=False)


@record
class FeedForward:
    """One feed-forward layer type: dense, or a mixture of experts."""

    kind: str = field("", "`dense` or `moe`")
    width: int = field("", "hidden width of the dense layer, or of one routed expert")
    matrices: int = field("", "3 for gated (SwiGLU), 2 for plain")
    experts: int = field("", "routed experts; 0 for dense", default=0)
    active_experts: int = field("", "routed experts per token", default=0)
    shared_experts: int = field("", "experts every token passes", default=0)
    shared_width: int = field("", "hidden width of one shared expert", default=0)
    bias: bool = field("", "matrices carry biases", default=False)


@record
class LayerGroup:
    """`count` equal transformer layers."""

    count: int = field("", "layers of this type")
    attention: Attention = field("", "attention type")
    feed_forward: FeedForward = field("", "feed-forward type")


@record
class Architecture:
    """A decoder model as groups of equal layers."""

    name: str = field("", "model name")
    hidden: int = field("", "model width")
    vocabulary: int = field("", "vocabulary size")
    tied_embeddings: bool = field("", "output head shares the embedding matrix")
    layers: tuple[LayerGroup, ...] = field("", "groups of equal layers, in any order")
    mtp_layers: tuple[LayerGroup, ...] = field("", "multi-token-prediction layers, if any", default=())
    learned_positions: int = field("", "learned position embeddings; 0 for rotary", default=0)
    norms_per_layer: int = field("", "normalisations of model width per layer", default=2)
    notes: tuple[str, ...] = field("", "what was read from the config but approximated", default=())

    @property
    def depth(self) -> int:
        """Number of transformer layers."""
        return sum(group.count for group in self.layers)


@record
class Precision:
    """Number formats of one workload; `bf16`, `fp8`, `fp4` (and `int8`, `int4` for weights)."""

    weights: str = field("", "format of the weights")
    compute: str = field("", "format of matrix products")
    kv_cache: str = field("", "format of the KV cache")
    weight_bytes: float = field("", "bytes per weight, scaling factors included")
    kv_bytes: float = field("", "bytes per KV-cache element")
    activation_bytes: float = field("", "bytes per activation element")


@record
class ServingDemand:
    """Requests to be answered and how fast."""

    request_rate: Num = field("1/s", "requests per second averaged over the year")
    peak_to_mean: Num = field("1", "busiest hour over average, from the daily profile")
    load_square: Num = field("1", "mean square of load over square of mean load, from the daily profile")
    load_cube: Num = field("1", "mean cube of load over cube of mean load, from the daily profile")
    input_tokens: Num = field("1", "mean input length (ISL)")
    input_scv: Num = field("1", "squared coefficient of variation of the input length")
    output_tokens: Num = field("1", "mean output length (OSL)")
    output_scv: Num = field("1", "squared coefficient of variation of the output length")
    cached_share: Num = field("1", "share of input tokens found in the prefix cache")
    ttft_target: Num = field("s", "time to first token that must be kept")
    tpot_target: Num = field("s", "time per output token that must be kept")
    percentile: Num = field("1", "share of requests that must keep both targets, 0..1")


@record
class TrainingJob:
    """A training run."""

    tokens: Num = field("1", "tokens to train on")
    sequence_length: Num = field("1", "tokens per sequence")
    global_batch: Num = field("1", "sequences per optimizer step")
    deadline: Num = field("s", "time allowed for the run, interruptions included")
