"""What fraction of a data sheet a kernel reaches, and what a serving engine adds around the kernels."""

from __future__ import annotations

from rackwright.base.record import Num, field, record
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.table import Table


@record
class EfficiencyFacts:
    """Coefficients of the roofline by kernel family, and of the engine; one row of `data/efficiency.yaml`.

    Of each family: `*_compute` and `*_bandwidth` are the shares of peak reached by large kernels, `*_half_*` the
    dimension at which a kernel reaches half of that, `*_overhead` the time of a kernel that does nothing.
    """

    operation: Num = field("FLOP", "one floating-point operation")
    byte: Num = field("B", "one byte")
    sustained_clock: Num = field("1", "clock under sustained load over clock in a short burst, matrix units busy")
    gemm_compute: Num = field("1", "matrix product in 16 bit: share of peak rate when large")
    gemm_compute_8bit: Num = field("1", "the same in 8 bit")
    gemm_compute_4bit: Num = field("1", "the same in 4 bit")
    gemm_bandwidth: Num = field("1", "matrix product: share of peak memory bandwidth")
    gemm_half_n_8bit: Num = field("1", "matrix product in 8 and 4 bit: columns at half of the compute share")
    gemm_half_k: Num = field("1", "matrix product: depth at half of the compute share")
    gemm_overhead: Num = field("s", "matrix product: time of an empty kernel")
    grouped_compute: Num = field("1", "grouped product: share of peak rate when large")
    grouped_bandwidth: Num = field("1", "grouped product: share of peak memory bandwidth")
    grouped_half_m: Num = field("1", "grouped product: rows per group at half of the compute share")
    grouped_half_k: Num = field("1", "grouped product: depth at half of the compute share")
    grouped_overhead: Num = field("s", "grouped product: time of an empty kernel with its share of the routing kernels")
    prefill_compute: Num = field("1", "prefill attention in 16 bit: share of peak rate when long")
    prefill_compute_8bit: Num = field("1", "the same in 8 bit")
    prefill_half_n: Num = field("1", "prefill attention: attended keys at half of the compute share")
    prefill_overhead: Num = field("s", "prefill attention: time of an empty kernel")
    decode_compute: Num = field("1", "decode attention: share of peak rate")
    decode_bandwidth: Num = field("1", "decode attention: share of peak memory bandwidth")
    decode_overhead: Num = field("s", "decode attention: time of an empty kernel")
    latent_compute: Num = field("1", "decode attention on the latent: share of peak rate")
    latent_bandwidth: Num = field("1", "decode attention on the latent: share of peak memory bandwidth")
    latent_overhead: Num = field("s", "decode attention on the latent: time of an empty kernel")
    elementwise_bandwidth: Num = field("1", "element-wise kernels: share of peak memory bandwidth")
    elementwise_overhead: Num = field("s", "element-wise kernels: time of an empty kernel")
    step_overhead: Num = field("s", "engine: time between two forward passes that no kernel hides")
    layer_overhead: Num = field("s", "engine: time per layer that launching kernels one by one adds")
    chunk_tokens: Num = field("1", "engine: most new tokens in one forward pass")
    expert_imbalance: Num = field("1", "engine: load of the busiest expert rank over the mean, more than one rank")
    exchange_overlap: Num = field("1", "engine: share of expert dispatch and combine hidden behind computation")
    memory_share: Num = field("1", "engine: share of the accelerator's memory it may use")
    runtime_reserve: Num = field("B", "engine: memory for contexts, graphs, communication buffers and fragments")
    prefill_utilisation: Num = field("1", "engine: highest mean utilisation of a pool that only prefills")


def efficiency_table() -> Table[EfficiencyFacts]:
    """Return the shipped coefficients.

    Sources
    -------
    Every coefficient in `data/efficiency.yaml` names its own.
    """
    return load_table("efficiency", EfficiencyFacts)
