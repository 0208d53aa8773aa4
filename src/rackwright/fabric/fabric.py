"""The public face of the fabric room."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.catalogue.records import Accelerator, SystemSpec
from rackwright.fabric.records import Fabric, NetworkFacts


def make_fabric(chip: Accelerator, system: SystemSpec, network: NetworkFacts) -> Fabric:
    """Describe what one accelerator can use of its scale-up domain and of the scale-out network.

    B_in  = e_in b_chip                              e: reached share of the wire's rate                     (1)
    B_out = e_out min(n_nic b_nic / n, b_chip,out)   n: accelerators of one system                           (2)
    D     = max(D_chip, 1)                           scale-up domain                                         (3)

    The scale-up domain may be smaller than a system (PCIe cards) or span many (TPU pods).

    Parameters
    ----------
    chip : scale-up bandwidth [B/s] and domain [1], scale-out bandwidth [B/s]
    system : accelerators [1], NICs [1] and NIC bandwidth [B/s]
    network : efficiencies [1] and latencies [s]

    Returns
    -------
    The fabric of one design or of a block; shapes as the inputs.

    References
    ----------
    [1] NetworkFacts in data/network_facts.yaml, each with its measured source.
    """
    ports = system.nics * system.nic_bandwidth / system.accelerators
    outward = ops.minimum(ports, chip.scale_out_bandwidth)
    return reached_fabric(ops.maximum(chip.scale_up_domain, 1.0), chip.scale_up_bandwidth, outward, network)


def reached_fabric(domain: Num, inward: Num, outward: Num, network: NetworkFacts) -> Fabric:
    """Describe a fabric by the rates of its wires: reached bandwidth = efficiency x rate, in and between domains (4).

    Parameters
    ----------
    domain : accelerators in one scale-up domain [1]
    inward, outward : rates of the wires of one accelerator in one direction, inside and between domains [B/s]
    network : efficiencies [1] and latencies [s]
    """
    return Fabric(
        domain=domain,
        scale_up_bandwidth=network.scale_up_efficiency * inward,
        scale_up_latency=network.scale_up_step,
        scale_out_bandwidth=network.scale_out_efficiency * outward,
        scale_out_latency=network.scale_out_step,
        call_latency=network.call_latency,
        direct_latency=network.direct_latency,
        direct_step=network.direct_step,
        segment_latency=network.segment_latency,
        reduction_gain=network.reduction_gain,
    )
