"""The network as the performance room sees it: two tiers."""

from __future__ import annotations

from rackwright.base.record import Num, field, record


@record
class Fabric:
    """Scale-up domain (NVLink, ICI, ...) inside, scale-out network (InfiniBand, Ethernet) between."""

    domain: Num = field("1", "accelerators in one scale-up domain")
    scale_up_bandwidth: Num = field("B/s", "achievable bandwidth per accelerator in one direction inside the domain")
    scale_up_latency: Num = field("s", "latency of one message step inside the domain")
    scale_out_bandwidth: Num = field("B/s", "achievable bandwidth per accelerator in one direction between domains")
    scale_out_latency: Num = field("s", "latency of one message step between domains")


@record
class Group:
    """Accelerators that take part in one collective: `size` ranks, `stride` apart in rank order.

    Rank order is TP innermost, then CP, then EP/DP, then PP; so TP has stride 1 and PP the largest.
    """

    size: Num = field("1", "ranks in the group")
    stride: Num = field("1", "distance between neighbours in rank order")
