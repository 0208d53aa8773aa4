"""The network as the performance room sees it: two tiers."""

from __future__ import annotations

from rackwright.base.record import Num, field, record


@record
class Fabric:
    """Scale-up domain (NVLink, ICI, ...) inside, scale-out network (InfiniBand, Ethernet) between.

    The fields with a default of nought describe a plain alpha-beta network when left out.
    """

    domain: Num = field("1", "accelerators in one scale-up domain")
    scale_up_bandwidth: Num = field("B/s", "achievable bandwidth per accelerator in one direction inside the domain")
    scale_up_latency: Num = field("s", "latency of one message step inside the domain")
    scale_out_bandwidth: Num = field("B/s", "achievable bandwidth per accelerator in one direction between domains")
    scale_out_latency: Num = field("s", "latency of one message step between domains")
    call_latency: Num = field("s", "fixed time of one collective call, kernel launch included", default=0.0)
    direct_latency: Num = field("s", "fixed time of a one-kernel direct all-reduce inside a domain", default=0.0)
    direct_step: Num = field("s", "added time per further peer when all peers are written to at once", default=0.0)
    segment_latency: Num = field("s", "start-up time of one segment of a pipelined transfer", default=0.0)
    reduction_gain: Num = field("1", "all-reduce bandwidth over all-gather bandwidth inside the domain", default=1.0)


@record
class NetworkFacts:
    """How much of the wire's rate collectives reach, and how long their steps take; from measured collectives."""

    scale_up_efficiency: Num = field("1", "reached share of scale-up bandwidth in all-gather and reduce-scatter")
    scale_out_efficiency: Num = field("1", "reached share of scale-out bandwidth")
    reduction_gain: Num = field("1", "all-reduce bus bandwidth over all-gather bus bandwidth inside a domain")
    call_latency: Num = field("s", "fixed time of one library collective, kernel launch included")
    direct_latency: Num = field("s", "fixed time of a one-kernel direct all-reduce inside a domain")
    direct_step: Num = field("s", "added time per further peer of a direct exchange")
    segment_latency: Num = field("s", "start-up time of one segment of a pipelined transfer")
    scale_up_step: Num = field("s", "latency of one ring or tree step inside a domain")
    scale_out_step: Num = field("s", "latency of one message step between domains")


@record
class Group:
    """Accelerators that take part in one collective: `size` ranks, `stride` apart in rank order.

    Rank order is TP innermost, then CP, then EP/DP, then PP; so TP has stride 1 and PP the largest.
    """

    size: Num = field("1", "ranks in the group")
    stride: Num = field("1", "distance between neighbours in rank order")
