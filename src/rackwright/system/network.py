"""Count switches, transceivers and cables of a scale-out network."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.catalogue.records import SystemSpec
from rackwright.system.records import Network, SystemParts


def size_network(systems: Num, spec: SystemSpec, parts: SystemParts) -> Network:
    """Count a one-, two- or three-tier network that carries every host port at full rate.

    k = floor(R B / b)                          host ports one switch carries (breakout or bonding)          (1)
    d = floor(k o / (1 + o)),  u = N / o        leaf downlinks; uplinks of all leaves together               (2)
    one tier    N <= k        1 switch                                                                       (3)
    two tiers   N <= k d      r ceil(N / (r d)) leaves (ceil(N / d) while N < r d), ceil(u / k) spines       (4)
    three tiers N <= k d k/2  leaves as (4), ceil(2 u / k) spines, ceil(u / k) cores                         (5)
    T = 2 [(1 - c) N + L] b / B_T               transceivers; L: links between switches, u per tier crossed  (6)

    N: host ports; R, B: ports of a switch and their rate; b: rate of a host port; o: oversubscription (1: non-blocking,
    d = k/2 and 5 N/k switches in three tiers [1]); r: rails (each accelerator position of a server has leaves of its
    own once every rail fills a leaf, as in rail-optimised designs [2]; 1 gives the plain fat tree); c: share of host
    links in copper; B_T: rate of a transceiver, which serves several slower ports. Beyond (5) the counts go on as in
    three tiers and a limit is broken.

    Parameters
    ----------
    systems : systems [1], scalar or (designs, 1)
    spec : ports [1] of one system and their rate [B/s]
    parts : switch, transceiver, and rules

    References
    ----------
    [1] Al-Fares, Loukissas and Vahdat, A scalable, commodity data center network architecture, SIGCOMM 2008.
    [2] NVIDIA DGX SuperPOD reference architecture (H100): 127 systems, 32 leaves and 16 spines of 64 ports.
    """
    switch, rules = parts.switch, parts.rules
    ports = systems * spec.nics
    radix = ops.maximum(2.0, ops.floor(switch.ports * switch.port_bandwidth / spec.nic_bandwidth))
    down = ops.maximum(1.0, ops.floor(radix * rules.oversubscription / (1.0 + rules.oversubscription)))
    uplinks = ports / rules.oversubscription
    one, two = ports <= radix, ports <= radix * down
    railed = rules.rails * ops.ceil(ports / (rules.rails * down))
    plain = ops.ceil(ports / down)
    leaves = ops.where(one, 1.0, ops.where(ports < rules.rails * down, plain, railed))
    top = ops.ceil(uplinks / radix)
    spines = ops.where(one, 0.0, ops.where(two, top, ops.ceil(2.0 * uplinks / radix)))
    cores = ops.where(two, 0.0, top)
    between = ops.where(one, 0.0, ops.where(two, uplinks, 2.0 * uplinks))
    optical = (1.0 - rules.copper_share) * ports
    per_port = spec.nic_bandwidth / parts.optic.bandwidth
    return Network(
        ports=ports,
        leaves=leaves,
        spines=spines,
        cores=cores,
        switches=leaves + spines + cores,
        switch_optics=ops.ceil((optical + 2.0 * between) * per_port),
        optics=ops.ceil(2.0 * (optical + between) * per_port),
        trunks=ops.ceil((optical + between) * per_port),
        coppers=ops.ceil(rules.copper_share * ports),
        largest=radix * down * radix / 2.0,
    )
