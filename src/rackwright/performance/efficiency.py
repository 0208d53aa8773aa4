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
    gemm_compute: Num = field("1", "matrix product: share of peak rate when large")
    gemm_compute_8bit: Num = field("1", "the same in 8-bit and 4-bit formats")
    gemm_bandwidth: Num = field("1", "matrix product: share of peak memory bandwidth when large")
    gemm_half_m: Num = field("1", "matrix product: rows at half of the compute share")
    gemm_half_n: Num = field("1", "matrix product: columns at half of the compute share")
    gemm_half_k: Num = field("1", "matrix product: depth at half of the compute share")
    gemm_overhead: Num = field("s", "matrix product: time of an empty kernel")
    grouped_compute: Num = field("1", "grouped product: share of peak rate when large")
    grouped_bandwidth: Num = field("1", "grouped product: share of peak memory bandwidth when large")
    grouped_half_m: Num = field("1", "grouped product: rows per group at half of the compute share")
    grouped_overhead: Num = field("s", "grouped product: time of an empty kernel")
    prefill_compute: Num = field("1", "prefill attention: share of peak rate when long")
    prefill_half_n: Num = field("1", "prefill attention: attended keys at half of the compute share")
    prefill_overhead: Num = field("s", "prefill attention: time of an empty kernel")
    decode_compute: Num = field("1", "decode attention: share of peak rate")
    decode_bandwidth: Num = field("1", "decode attention: share of peak memory bandwidth when large")
    decode_overhead: Num = field("s", "decode attention: time of an empty kernel")
    elementwise_bandwidth: Num = field("1", "element-wise kernels: share of peak memory bandwidth")
    elementwise_overhead: Num = field("s", "element-wise kernels: time of an empty kernel")


def efficiency_table() -> Table[EfficiencyFacts]:
    """Return the shipped coefficients.

    Sources
    -------
    Every coefficient in `data/efficiency.yaml` names its own.
    """
    return load_table("efficiency", EfficiencyFacts)
