"""Time of an operator: the larger of arithmetic and memory traffic, at the shares of peak that kernels reach."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rackwright.base import ops
from rackwright.base.record import Num, field, record
from rackwright.catalogue.records import Accelerator
from rackwright.performance.efficiency import EfficiencyFacts
from rackwright.performance.records import Operator


@record
class FamilyRate:
    """What one kernel family reaches on one accelerator."""

    operation_time: Num = field("s", "time of one operation in a large kernel")
    byte_time: Num = field("s", "time to move one byte")
    overhead: Num = field("s", "time of an empty kernel")
    half_m: Num = field("1", "rows at half of the compute share", default=0.0)
    half_n: Num = field("1", "columns or keys at half of the compute share", default=0.0)
    half_k: Num = field("1", "depth at half of the compute share", default=0.0)


Rates = dict[tuple[str, str], FamilyRate]
"""Rates by (family, dtype)."""

_DTYPES = ("bf16", "fp8", "fp4")
_SAME_RATE = {"bf16": "bf16", "fp16": "bf16", "fp8": "fp8", "int8": "fp8", "fp4": "fp4", "int4": "bf16"}


def operator_time(operator: Operator, chip: Accelerator, efficiency: EfficiencyFacts) -> Num:
    """Time [s] of all executions of one operator in one forward pass on one rank.

        s       = (1 + m0/m) (1 + n0/n) (1 + k0/k)            slow-down of small products                 (1)
        t       = max(flops s / (e_c peak), bytes / (e_b bandwidth)) + launches t_0                       (2)
        t_total = count t                                                                                 (3)

    e_c, e_b <= 1 and s >= 1, so that use of compute and bandwidth never exceed 1 [1]. A format without matrix units on
    the chip runs at the rate of the next wider one (4-bit as 8-bit, 8-bit as 16-bit).

    References
    ----------
    [1] Williams, Waterman and Patterson, Roofline, CACM 52(4), 2009, with half-saturation in each dimension.
    """
    return kernel_time(operator, rates_of(chip, efficiency))


def kernel_time(operator: Operator, rates: Rates) -> Num:
    """Time [s] of one operator as in `operator_time`, t_total = count t, at rates worked out before (1)."""
    rate = rates[operator.family, _SAME_RATE[operator.dtype]]
    moved = operator.weight_bytes + operator.activation_bytes + operator.kv_bytes
    busy = moved * rate.byte_time
    if operator.family in ("gemm", "grouped_gemm", "attention_prefill", "attention_decode"):
        slow = operator.flops * rate.operation_time
        if operator.family != "attention_decode":
            slow = slow * (1.0 + rate.half_n / operator.n)
        if operator.family in ("gemm", "grouped_gemm"):
            slow = slow * (1.0 + rate.half_m / operator.m) * (1.0 + rate.half_k / operator.k)
        busy = ops.maximum(slow, busy)
    return operator.count * (busy + operator.launches * rate.overhead)


def peak_rate(chip: Accelerator, dtype: str) -> Num:
    """Dense peak rate P [FLOP/s] of a format, P(fp4) >= P(fp8) >= P(bf16), a missing one as the next wider (1)."""
    rate = chip.peak_bf16
    chosen = _SAME_RATE[dtype]
    if chosen in ("fp8", "fp4"):
        rate = _or_else(chip.peak_fp8, rate)
    if chosen == "fp4":
        rate = _or_else(chip.peak_fp4, rate)
    return rate


def _or_else(value: Num, otherwise: Num) -> Num:
    return ops.where(np.isfinite(value), value, otherwise)


def rates_of(chip: Accelerator, efficiency: EfficiencyFacts) -> Rates:
    """Work out the rates of every family and format once for a chip.

    time of one operation = 1 FLOP / (e_c peak),   time of one byte = 1 B / (e_b bandwidth)               (1)
    """
    e = efficiency
    per_byte = e.byte / chip.memory_bandwidth
    rates: Rates = {}
    for dtype in _DTYPES:
        per_operation = e.operation / peak_rate(chip, dtype)
        gemm_share = e.gemm_compute if dtype == "bf16" else e.gemm_compute_8bit
        half_n, half_k = e.gemm_half_n, e.gemm_half_k
        gemm = FamilyRate(
            per_operation / gemm_share, per_byte / e.gemm_bandwidth, e.gemm_overhead, e.gemm_half_m, half_n, half_k
        )
        grouped = FamilyRate(
            per_operation / e.grouped_compute,
            per_byte / e.grouped_bandwidth,
            e.grouped_overhead,
            e.grouped_half_m,
            half_n,
            half_k,
        )
        prefill = FamilyRate(
            per_operation / e.prefill_compute,
            per_byte / e.gemm_bandwidth,
            e.prefill_overhead,
            half_n=e.prefill_half_n,
        )
        decode = FamilyRate(per_operation / e.decode_compute, per_byte / e.decode_bandwidth, e.decode_overhead)
        simple = FamilyRate(per_operation, per_byte / e.elementwise_bandwidth, e.elementwise_overhead)
        rates["gemm", dtype], rates["grouped_gemm", dtype] = gemm, grouped
        rates["attention_prefill", dtype], rates["attention_decode", dtype] = prefill, decode
        rates["elementwise", dtype] = rates["embedding", dtype] = simple
    return rates


def flops_of(operators: Iterable[Operator]) -> Num:
    """Floating-point operations of one forward pass on one rank, sum of count * flops (1)."""
    return ops.summed(operator.count * operator.flops for operator in operators)


def bytes_of(operators: Iterable[Operator]) -> Num:
    """Bytes moved in one forward pass on one rank, sum of count * (weights + activations + KV cache) (1)."""
    return ops.summed(o.count * (o.weight_bytes + o.activation_bytes + o.kv_bytes) for o in operators)
