"""Mappings and results of the performance room."""

from __future__ import annotations

from rackwright.base.breakdown import Breakdown
from rackwright.base.limit import Limit
from rackwright.base.record import Num, field, record


@record
class Mapping:
    """How one model replica is laid over accelerators. All fields are (designs, 1) blocks or numbers.

    Serving: one replica is tp * pp * dp accelerators, where dp > 1 is attention data parallelism inside one replica
    (wide expert parallelism) and experts are spread over ep <= tp * dp accelerators.
    Training: the job uses tp * pp * cp * dp accelerators; ep divides cp * dp * tp.
    """

    tp: Num = field("1", "tensor-parallel ways")
    pp: Num = field("1", "pipeline stages")
    ep: Num = field("1", "expert-parallel ways")
    cp: Num = field("1", "context-parallel ways")
    dp: Num = field("1", "data-parallel ways")
    batch: Num = field("1", "serving: concurrent sequences decoded by one replica", default=1.0)
    micro_batch: Num = field("1", "training: sequences per micro-batch", default=1.0)
    interleave: Num = field("1", "training: model chunks per pipeline stage", default=1.0)
    zero_stage: Num = field("1", "training: ZeRO stage 0-3", default=1.0)
    recompute: Num = field("1", "training: 0 none, 1 selective (attention), 2 full", default=1.0)
    sequence_parallel: Num = field("1", "training: 1 when norms and residuals are split over tp, else 0", default=1.0)


@record
class TokenShape:
    """The tokens of one forward pass on one attention replica (one tensor-parallel group)."""

    tokens: Num = field("1", "new tokens computed in the pass")
    sequences: Num = field("1", "sequences they belong to")
    context: Num = field("1", "mean number of keys a new token attends to, itself included")
    past: Num = field("1", "tokens per sequence that are in the KV cache before the pass", default=0.0)
    phase: str = field("", "`prefill`, `decode`, or `training`: a prefill with all logits", default="decode")


@record
class Operator:
    """One kernel of a forward pass on one rank; amounts are for one execution.

    Amounts are counts without dimension (operations, bytes); the roofline gives them their unit.
    """

    name: str = field("", "what it computes")
    family: str = field(
        "", "`gemm`, `grouped_gemm`, `attention_prefill`, `attention_decode`, `elementwise` or `embedding`"
    )
    dtype: str = field("", "format of the arithmetic: `bf16`, `fp8`, `fp4`, `int8`")
    flops: Num = field("1", "floating-point operations")
    weight_bytes: Num = field("1", "bytes of weights read")
    activation_bytes: Num = field("1", "bytes of activations read and written")
    kv_bytes: Num = field("1", "bytes of KV cache read and written")
    launches: float = field("", "kernel launches")
    m: Num = field("1", "rows of the product: tokens (of one group, for a grouped product)")
    n: Num = field("1", "columns of the product; keys attended for attention")
    k: Num = field("1", "depth of the product; width of a head for attention")
    count: Num = field("1", "executions per forward pass on one rank: layers of this type per pipeline stage")


@record
class Serving:
    """One replica in steady state at its stated batch."""

    accelerators: Num = field("1", "accelerators in one replica")
    request_rate: Num = field("1/s", "requests per second one replica sustains")
    ttft: Num = field("s", "time to first token at the demand's percentile, queueing included")
    ttft_mean: Num = field("s", "mean time to first token")
    tpot: Num = field("s", "time per output token at the demand's percentile")
    tpot_mean: Num = field("s", "mean time per output token")
    prefill_share: Num = field("1", "share of time the replica spends on prefill")
    mfu: Num = field("1", "model FLOP per second over peak, prefill and decode together")
    bandwidth_use: Num = field("1", "memory traffic per second over peak bandwidth")
    flops: Num = field("FLOP/s", "model computation per second per accelerator")
    memory_traffic: Num = field("B/s", "memory traffic per accelerator")
    prefill: Breakdown = field("", "time to prefill one mean request, by operator [s]")
    decode: Breakdown = field("", "time of one decode step, by operator [s]")
    memory: Breakdown = field("", "memory per accelerator, by kind [B]")
    limits: tuple[Limit, ...] = field("", "memory, TTFT, TPOT and mapping limits")


@record
class Training:
    """One training run."""

    accelerators: Num = field("1", "accelerators in the job")
    step: Breakdown = field("", "time of one optimizer step, by cause [s]")
    step_time: Num = field("s", "time of one optimizer step without interruptions")
    duration: Num = field("s", "time of the whole run, checkpoints and interruptions included")
    goodput: Num = field("1", "share of time that advances the run")
    interruptions: Num = field("1", "expected interruptions over the run")
    checkpoint_interval: Num = field("s", "time between checkpoints")
    mfu: Num = field("1", "model FLOP (no recompute) per second over peak")
    hfu: Num = field("1", "executed FLOP per second over peak")
    flops: Num = field("FLOP/s", "executed computation per second per accelerator")
    memory_traffic: Num = field("B/s", "memory traffic per accelerator")
    memory: Breakdown = field("", "memory per accelerator, by kind [B]")
    limits: tuple[Limit, ...] = field("", "memory, divisibility and deadline limits")


@record
class Fleet:
    """What the system, site and cost rooms need to know of the performance."""

    accelerators: Num = field("1", "accelerators to buy, spares not included")
    replicas: Num = field("1", "model replicas")
    utilisation: Num = field("1", "mean load over peak load while in service")
    load_square: Num = field("1", "mean square of load over square of mean load")
    load_cube: Num = field("1", "mean cube of load over cube of mean load")
    accelerator_power: Num = field("W", "mean power of one accelerator at full load")
    input_tokens: Num = field("1/s", "input tokens processed per second, averaged over the year; 0 for training")
    output_tokens: Num = field("1/s", "output tokens per second (training: tokens trained), averaged over the year")
    prefill_share: Num = field("1", "share of accelerator time spent on input tokens; 0 for training")
    duration: Num = field("s", "time in service: the economic horizon for serving, the run for training")
