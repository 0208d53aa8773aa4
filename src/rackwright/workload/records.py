"""Architectures and demands. Architecture fields are plain whole numbers: they never vary within a block of designs."""

from __future__ import annotations

from rackwright.base.record import Num, field, record


@record
class Attention:
    """One token mixer: what lets a token see the tokens before it.

    Kinds, and what each keeps per token and per sequence (exactly: `workload.parameters`):
    `gqa` softmax attention with grouped key-value heads (covers MHA and MQA); `mla` latent attention;
    `compressed` one shared key-value head whose entries are merged by `compression` beyond a local `window`;
    `delta` gated delta rule (linear attention); `mamba` selective state space (Mamba-2); `none` no mixer at all.
    The last three keep a state of fixed size instead of a growing cache.
    """

    kind: str = field("", "`gqa`, `mla`, `compressed`, `delta`, `mamba` or `none`")
    heads: int = field("", "query heads (delta: value heads; mamba: heads)")
    kv_heads: int = field("", "key and value heads; for MLA equal to `heads` (delta: key heads; mamba: groups)")
    head_dim: int = field("", "width of a query/key head (MLA: without the rotary part; mamba: state size)")
    value_dim: int = field("", "width of a value head")
    rope_dim: int = field("", "MLA: rotary width added to query and key", default=0)
    query_rank: int = field("", "MLA, compressed: rank of the query compression; 0 for none", default=0)
    latent_rank: int = field("", "MLA: rank of the key-value latent", default=0)
    window: int = field("", "sliding-window length in tokens; 0 for full attention", default=0)
    bias: bool = field("", "query, key and value projections carry biases", default=False)
    output_bias: bool = field("", "output projection carries a bias", default=False)
    output_gate: bool = field("", "a sigmoid gate of the width of the attention output is computed", default=False)
    output_gate_rank: int = field("", "rank of the output gate's projection; 0 for full rank", default=0)
    qk_norm: bool = field("", "queries and keys are normalised per head", default=False)
    full_qk_norm: bool = field("", "queries and keys are normalised over their whole projection", default=False)
    sinks: bool = field("", "one learned sink logit per head", default=False)
    shared_kv: bool = field("", "values are the keys: one projection; both are still cached", default=False)
    index_heads: int = field("", "heads of the indexer that picks tokens; 0 for none or borrowed", default=0)
    index_dim: int = field("", "width of an indexer head", default=0)
    index_tokens: int = field("", "tokens the indexer lets a query read; 0 for all", default=0)
    index_block: int = field("", "tokens picked together by a block indexer; 1 for token by token", default=1)
    output_rank: int = field("", "compressed: rank of the output projection per group", default=0)
    output_groups: int = field("", "compressed: head groups of the output projection", default=0)
    compression: int = field("", "compressed: tokens merged into one cache entry; 0 for window only", default=0)
    conv: int = field("", "delta, mamba: taps of the short convolution", default=0)
    gate_rank: int = field("", "delta: rank of the decay gate per channel; 0 for one scalar per head", default=0)


@record
class FeedForward:
    """One feed-forward layer type: dense, or a mixture of experts."""

    kind: str = field("", "`dense`, `moe` or `none`")
    width: int = field("", "hidden width of the dense layer, or of one routed expert")
    matrices: int = field("", "3 for gated (SwiGLU), 2 for plain")
    experts: int = field("", "routed experts; 0 for dense", default=0)
    active_experts: int = field("", "routed experts per token", default=0)
    shared_experts: int = field("", "experts every token passes", default=0)
    shared_width: int = field("", "hidden width of one shared expert", default=0)
    bias: bool = field("", "matrices carry biases", default=False)
    latent: int = field("", "routed experts work on a projection of this width; 0 for the model width", default=0)
    shared_gate: bool = field("", "the shared expert is scaled by a learned gate", default=False)
    router_bias: bool = field("", "the router carries one bias per expert", default=False)


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
    norms_per_layer: int = field("", "normalisations of model width per layer of mixer and feed-forward", default=2)
    norm_vectors: int = field("", "vectors per normalisation: 1 for RMSNorm, 2 for LayerNorm with bias", default=1)
    residual_streams: int = field(
        "", "parallel residual streams (hyper-connections); 1 for the plain residual", default=1
    )
    residual_attention: bool = field("", "sublayers attend over the residuals of earlier blocks", default=False)
    notes: tuple[str, ...] = field("", "what was read from the config but approximated", default=())

    @property
    def depth(self) -> int:
        """Number of transformer layers."""
        return sum(group.count for group in self.layers)


@record
class ModelFacts:
    """What is published about one model of the catalogue.

    Text attributes in the table: name, vendor, release (ISO), hybrid (what makes it one, if it is), config_source,
    config_grade. The architecture itself is the record's `config`, in the spelling of a Hugging Face config.json.
    """

    parameters: Num = field(
        "1", "published parameters, all towers of the checkpoint that the source counts", optional=True
    )
    active_parameters: Num = field("1", "published parameters used per token", optional=True)
    other_parameters: Num = field(
        "1", "vision and audio towers inside `parameters`, no part of the decoder", optional=True
    )


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
