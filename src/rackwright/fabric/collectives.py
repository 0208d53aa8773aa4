"""Time of collective operations on a two-tier fabric.

A group of n ranks that lie `stride` apart has m = min(n, max(1, floor(domain/stride))) ranks in each scale-up domain
and spans k = ceil(n/m) domains. Inside a domain data moves over the scale-up links, between domains every rank uses its
own share of the scale-out network (rail-aligned rings over the domains); the phases of successive segments overlap:

    w   = max(w_in, w_out)                        wire time of the slower tier                              (1)
    T   = L + w + 2 sqrt(tau w)                   L: serial latency; tau: start-up of one segment           (2)
    s(p) = min(p - 1, 2 log2 p)                   serial steps: ring, or binary tree with two children      (3)

(2) is the time of a pipelined transfer at its best segment size, (sqrt(tau) + sqrt(w))^2 [1]; it gives the slow climb
of bandwidth with message size that a plain alpha-beta line misses. (3) takes the smaller of the two algorithms'
latencies; bandwidth is that of the ring, which is optimal for long messages [2].

`data` is the size in the convention of nccl-tests [3]: the bytes of the whole vector, thus

    all_reduce       bytes of the vector that every rank holds before and after
    all_gather       bytes of the gathered vector that every rank holds after (each rank contributes data/n)
    reduce_scatter   bytes of the vector that every rank holds before (each rank keeps data/n)
    all_to_all       bytes of the vector that one rank sends in all (data/n to each rank, itself included)
    send             bytes of the one message

Every function takes and returns numbers of any shape of `base.ops`; the result is in seconds; a group of one rank takes
exactly no time. Against 12,000 measured NCCL collectives on 2 to 8 accelerators (A100 to GB200, 512 B to 512 MB) the
set of facts that serves all generations has a median absolute error of 13 %, the sets fitted to one generation each
8 to 10 % (tests/fabric/test_collectives.py).

References
----------
[1] Sanders, Speck and Traff, Two-tree algorithms for full bandwidth broadcast, reduction and scan, Parallel Computing
    35 (2009): optimal segmentation of pipelined collectives.
[2] Thakur, Rabenseifner and Gropp, Optimization of collective communication operations in MPICH, IJHPCA 19 (2005).
[3] NVIDIA nccl-tests, doc/PERFORMANCE.md: size and bus bandwidth of each operation.
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.fabric.records import Fabric, Group


def all_reduce(data: Num, group: Group, fabric: Fabric) -> Num:
    """Time to sum a vector of `data` bytes over all ranks and leave the sum on each [s].

    w_in  = 2 (m-1)/m data / (g B_in),   w_out = 2 (k-1)/k (data/m) / B_out                                  (4)
    L     = c + 2 (s(m) a_in + s(k) a_out), or, within one domain, the direct exchange if shorter:           (5)
    L     = d + (m-1) d_step

    g is the gain of all-reduce over all-gather bandwidth (in-switch reduction, one pass instead of two kernels).
    """
    inside, domains = _spread(group, fabric)
    wire_in = 2.0 * _moved(inside) * data / (fabric.reduction_gain * fabric.scale_up_bandwidth)
    wire_out = 2.0 * _moved(domains) * data / (inside * fabric.scale_out_bandwidth)
    chained = fabric.call_latency + 2.0 * _serial(inside, domains, fabric)
    direct = fabric.direct_latency + (inside - 1.0) * fabric.direct_step
    within = ops.minimum(chained, ops.where(fabric.direct_latency > 0.0, direct, chained))
    latency = ops.where(domains > 1.0, chained, within)
    return _timed(latency, ops.maximum(wire_in, wire_out), group, fabric)


def all_gather(data: Num, group: Group, fabric: Fabric) -> Num:
    """Time until every rank holds the whole vector of `data` bytes, of which each contributed an n-th [s].

    w_in = (m-1)/m data / B_in,   w_out = (k-1)/k (data/m) / B_out,   L = c + s(m) a_in + s(k) a_out          (6)
    """
    inside, domains = _spread(group, fabric)
    wire_in = _moved(inside) * data / fabric.scale_up_bandwidth
    wire_out = _moved(domains) * data / (inside * fabric.scale_out_bandwidth)
    latency = fabric.call_latency + _serial(inside, domains, fabric)
    return _timed(latency, ops.maximum(wire_in, wire_out), group, fabric)


def reduce_scatter(data: Num, group: Group, fabric: Fabric) -> Num:
    """Time to sum a vector of `data` bytes over all ranks and leave an n-th of the sum on each; as (6) [s]."""
    return all_gather(data, group, fabric)


def all_to_all(data: Num, group: Group, fabric: Fabric) -> Num:
    """Time until each rank has sent an n-th of its `data` bytes to every rank of the group [s].

    w_in = (m-1)/n data / B_in,   w_out = (n-m)/n data / B_out,   L = c + (n-1) d_step + [k > 1] a_out        (7)

    All peers are written to at once; the two tiers work at the same time.
    """
    inside, domains = _spread(group, fabric)
    wire_in = (inside - 1.0) / group.size * data / fabric.scale_up_bandwidth
    wire_out = (group.size - inside) / group.size * data / fabric.scale_out_bandwidth
    far = ops.where(domains > 1.0, fabric.scale_out_latency, 0.0)
    latency = fabric.call_latency + (group.size - 1.0) * fabric.direct_step + far
    return _timed(latency, ops.maximum(wire_in, wire_out), group, fabric)


def send(data: Num, group: Group, fabric: Fabric) -> Num:
    """Time to pass one message of `data` bytes to the next rank of the group [s].

    T = c + a + data/B, with the scale-out tier's a and B if any neighbour pair lies in two domains           (8)

    The slowest pair sets the pace of a pipeline, so one crossing is enough.
    """
    _, domains = _spread(group, fabric)
    crossing = domains > 1.0
    near = fabric.scale_up_latency + data / fabric.scale_up_bandwidth
    far = fabric.scale_out_latency + data / fabric.scale_out_bandwidth
    return ops.where(group.size > 1.0, fabric.call_latency + ops.where(crossing, far, near), 0.0)


def _spread(group: Group, fabric: Fabric) -> tuple[Num, Num]:
    """Return (ranks in one domain, domains spanned)."""
    fitting = ops.maximum(1.0, ops.floor(fabric.domain / group.stride))
    inside = ops.minimum(group.size, fitting)
    return inside, ops.ceil(group.size / inside)


def _moved(ranks: Num) -> Num:
    return (ranks - 1.0) / ranks


def _steps(ranks: Num) -> Num:
    return ops.minimum(ranks - 1.0, 2.0 * ops.log2(ranks))


def _serial(inside: Num, domains: Num, fabric: Fabric) -> Num:
    return _steps(inside) * fabric.scale_up_latency + _steps(domains) * fabric.scale_out_latency


def _timed(latency: Num, wire: Num, group: Group, fabric: Fabric) -> Num:
    whole = latency + wire + 2.0 * ops.sqrt(fabric.segment_latency * wire)
    return ops.where(group.size > 1.0, whole, 0.0)
