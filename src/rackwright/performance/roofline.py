"""Time of an operator: the larger of arithmetic and memory traffic, at the shares of peak that kernels reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable

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


_SAME_RATE = {"bf16": "bf16", "fp16": "bf16", "fp8": "fp8", "int8": "fp8", "fp4": "fp4", "int4": "bf16"}
_PRODUCTS = ("gemm", "grouped_gemm")
_ATTENTION = ("attention_prefill", "attention_decode", "latent_decode")


def operator_time(operator: Operator, chip: Accelerator, efficiency: EfficiencyFacts) -> Num:
    """Time [s] of all executions of one operator in one forward pass on one rank.

        s       = (1 + m0/m) (1 + n0/n) (1 + k0/k)            slow-down of small shapes                   (1)
        t_c     = flops s / (e_c c peak),   t_b = bytes / (e_b bandwidth)                                 (2)
        t       = sqrt(t_c^2 + t_b^2) + launches t_0          matrix products                             (3)
        t       = max(t_c, t_b) + launches t_0                all others                                  (4)
        t_total = count t                                                                                 (5)

    e_c, e_b <= 1 are the family's shares of peak, c <= 1 the sustained clock, and s >= 1, so that use of compute and
    of bandwidth never exceeds 1 [1]. (3) rounds the knee, as measured products do. A format without matrix units on
    the chip runs at the rate of the next wider one (4-bit as 8-bit, 8-bit as 16-bit).

    References
    ----------
    [1] Williams, Waterman and Patterson, Roofline, CACM 52(4), 2009, with half-saturation in each dimension.
    """
    return kernel_time(operator, rates_of(chip, efficiency))


def kernel_time(operator: Operator, rates: Rates) -> Num:
    """Time [s] of one operator as in `operator_time`, t_total = count t, at rates worked out before (1)."""
    rate = rates[operator.family, _SAME_RATE[operator.dtype]]
    busy = (operator.weight_bytes + operator.activation_bytes + operator.kv_bytes) * rate.byte_time
    if operator.family in _PRODUCTS:
        slow = operator.flops * rate.operation_time * (1.0 + rate.half_k / operator.k)
        slow = slow * (1.0 + rate.half_m / operator.m) * (1.0 + rate.half_n / operator.n)
        busy = ops.sqrt(slow * slow + busy * busy)
    elif operator.family in _ATTENTION:
        slow = operator.flops * rate.operation_time * (1.0 + rate.half_n / operator.n)
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


class Rates(dict[tuple[str, str], FamilyRate]):
    """Rates by (family, format) of one chip, each worked out when first asked for."""

    def __init__(self, chip: Accelerator, efficiency: EfficiencyFacts) -> None:
        super().__init__()
        self._chip, self._facts = chip, efficiency
        self._byte_time = efficiency.byte / chip.memory_bandwidth
        self._operation_times: dict[str, Num] = {}

    def __missing__(self, key: tuple[str, str]) -> FamilyRate:
        family, dtype = key
        if dtype not in self._operation_times:
            self._operation_times[dtype] = self._facts.operation / peak_rate(self._chip, dtype)
        rate = _RULES[family](self._operation_times[dtype], self._byte_time, self._facts, dtype)
        self[key] = rate
        return rate


def rates_of(chip: Accelerator, efficiency: EfficiencyFacts) -> Rates:
    """Return the rates of every family and format on a chip.

    time of one operation = 1 FLOP / (e_c c peak),   time of one byte = 1 B / (e_b bandwidth)             (1)

    c is the clock under sustained load over that in a burst; it applies to kernels that keep the matrix units busy.
    """
    return Rates(chip, efficiency)


def _gemm(operation: Num, byte: Num, e: EfficiencyFacts, dtype: str) -> FamilyRate:
    share = {"bf16": e.gemm_compute, "fp8": e.gemm_compute_8bit, "fp4": e.gemm_compute_4bit}[dtype]
    slow, moved = operation / (share * e.sustained_clock), byte / e.gemm_bandwidth
    half_n = 0.0 if dtype == "bf16" else e.gemm_half_n_8bit
    return FamilyRate(slow, moved, e.gemm_overhead, half_n=half_n, half_k=e.gemm_half_k)


def _grouped(operation: Num, byte: Num, e: EfficiencyFacts, dtype: str) -> FamilyRate:
    slow, moved = operation / (e.grouped_compute * e.sustained_clock), byte / e.grouped_bandwidth
    return FamilyRate(slow, moved, e.grouped_overhead, half_m=e.grouped_half_m, half_k=e.grouped_half_k)


def _prefill(operation: Num, byte: Num, e: EfficiencyFacts, dtype: str) -> FamilyRate:
    share = e.prefill_compute if dtype == "bf16" else e.prefill_compute_8bit
    slow, moved = operation / (share * e.sustained_clock), byte / e.gemm_bandwidth
    return FamilyRate(slow, moved, e.prefill_overhead, half_n=e.prefill_half_n)


def _decode(operation: Num, byte: Num, e: EfficiencyFacts, dtype: str) -> FamilyRate:
    return FamilyRate(operation / e.decode_compute, byte / e.decode_bandwidth, e.decode_overhead)


def _latent(operation: Num, byte: Num, e: EfficiencyFacts, dtype: str) -> FamilyRate:
    return FamilyRate(operation / e.latent_compute, byte / e.latent_bandwidth, e.latent_overhead)


def _elementwise(operation: Num, byte: Num, e: EfficiencyFacts, dtype: str) -> FamilyRate:
    return FamilyRate(operation, byte / e.elementwise_bandwidth, e.elementwise_overhead)


_RULES: dict[str, Callable[[Num, Num, EfficiencyFacts, str], FamilyRate]] = {
    "gemm": _gemm,
    "grouped_gemm": _grouped,
    "attention_prefill": _prefill,
    "attention_decode": _decode,
    "latent_decode": _latent,
    "elementwise": _elementwise,
    "embedding": _elementwise,
}


def flops_of(operators: Iterable[Operator]) -> Num:
    """Floating-point operations of one forward pass on one rank, sum of count * flops (1)."""
    return ops.summed(operator.count * operator.flops for operator in operators)


def bytes_of(operators: Iterable[Operator]) -> Num:
    """Bytes moved in one forward pass on one rank, sum of count * (weights + activations + KV cache) (1)."""
    return ops.summed(o.count * (o.weight_bytes + o.activation_bytes + o.kv_bytes) for o in operators)
