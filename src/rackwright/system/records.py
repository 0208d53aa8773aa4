"""The cluster as site, cost, carbon and supply see it."""

from __future__ import annotations

from rackwright.base.breakdown import Breakdown
from rackwright.base.limit import Limit
from rackwright.base.record import Num, field, record


@record
class Cluster:
    """Systems, racks and network of one workload."""

    accelerators: Num = field("1", "accelerators installed, spares included")
    systems: Num = field("1", "servers or rack-scale systems")
    racks: Num = field("1", "racks of systems")
    network_racks: Num = field("1", "racks of switches")
    switches: Num = field("1", "scale-out switches, all tiers")
    optics: Num = field("1", "optical transceivers")
    cables: Num = field("1", "cables and fibre trunks")
    power_rated: Num = field("W", "nameplate IT power, what capacity is sized for")
    power_peak: Num = field("W", "highest sustained IT power in service")
    power_mean: Num = field("W", "IT power averaged over the year")
    power_idle: Num = field("W", "IT power without load")
    power_transient: Num = field("W", "short-time peak IT power before any smoothing")
    rack_power: Num = field("W", "nameplate power of one rack of systems")
    liquid_share: Num = field("1", "largest share of heat the systems can give to liquid")
    mass: Num = field("kg", "mass of all racks")
    volume: Num = field("m^3", "volume of all racks")
    coolant_flow: Num = field("m^3/s", "coolant flow at peak, were all heat taken by liquid")
    power: Breakdown = field("", "peak IT power by part, grid side of the power shelves [W]")
    capex: Breakdown = field("", "purchase price by part [USD]")
    parts: Breakdown = field("", "bill of materials: number of pieces by part class [1]")
    limits: tuple[Limit, ...] = field("", "rack power, height and floor-load limits")
