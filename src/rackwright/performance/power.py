"""Power of one accelerator from what it computes and moves.

    P = TDP * min(1, a + b * F / F_peak + c * M / M_peak)                                         (1)

with F the executed computation [FLOP/s], F_peak the dense rate of the format in use, M the memory traffic [B/s] and
M_peak the memory bandwidth. `a` is the share drawn by an accelerator that is kept busy but neither computes nor moves
much; an idle one draws less (see the system room).

References
----------
[1] Least squares over 177,889 sustained kernels (GEMM in three formats, decode attention) of at least 40 us on H200,
    B200 and GB200 with measured board power; median absolute error 23 %, 8 % on 16-bit GEMM. Facts in
    `data/power_facts.yaml`.
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num, field, record


@record
class PowerFacts:
    """Coefficients of equation (1)."""

    active_share: Num = field("1", "share of TDP of a busy accelerator that neither computes nor moves much (a)")
    compute_share: Num = field("1", "share of TDP added at the peak compute rate (b)")
    memory_share: Num = field("1", "share of TDP added at the peak memory bandwidth (c)")


def accelerator_power(compute_use: Num, bandwidth_use: Num, tdp: Num, facts: PowerFacts) -> Num:
    """Return the power of one accelerator at full load [W]; equation (1).

    Parameters
    ----------
    compute_use : executed FLOP/s over peak, 0..1; (designs, 1)
    bandwidth_use : memory traffic over peak bandwidth, 0..1; (designs, 1)
    tdp : thermal design power of the package [W]
    """
    share = facts.active_share + facts.compute_share * compute_use + facts.memory_share * bandwidth_use
    return tdp * ops.minimum(share, 1.0)
