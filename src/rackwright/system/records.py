"""The cluster as site, cost, carbon and supply see it, and the parts it is made of."""

from __future__ import annotations

from rackwright.base.breakdown import Breakdown
from rackwright.base.limit import Limit
from rackwright.base.record import Num, field, record
from rackwright.catalogue.records import Nic, Optic, Switch


@record
class Rack:
    """An empty rack with its power distribution, and the floor it stands on.

    `power` is what fills a rack before height does: the lesser of what the busbar delivers and what the cooling takes
    away; a caller that knows the cooling lowers it.
    """

    power: Num = field("W", "power that servers in one rack may draw, nameplate")
    spare_units: Num = field("1", "rack units left to switches in a rack of servers")
    usable_units: Num = field("1", "rack units for switches in a network rack")
    mass: Num = field("kg", "mass of the empty rack")
    width: Num = field("m", "width")
    depth: Num = field("m", "depth")
    height: Num = field("m", "height")
    floor_area: Num = field("m^2", "floor that carries one rack, its part of the aisles included")
    floor_load: Num = field("kg/m^2", "mass the floor carries per area")
    price: Num = field("USD", "price with busbar or power strips, manifold and doors")
    shelf_power: Num = field("W", "rating of one power shelf, or of the power supplies of one server")
    supply_power: Num = field("W", "rating of one power supply")
    provisioning: Num = field("1", "installed supply power over nameplate power")


@record
class SystemRules:
    """How systems, racks and network are counted, powered and priced where the parts themselves do not say."""

    spare_share: Num = field("1", "systems installed as hot spares over systems in use")
    accelerator_price_cap: Num = field("1", "largest share of a system's price that its accelerators may take")
    supply_efficiency: Num = field("1", "efficiency of power shelf or power supplies at load")
    fan_share: Num = field("1", "fan power over system power when all heat goes to air")
    cpu_power: Num = field("W", "power of one host processor with its memory, under load")
    oversubscription: Num = field("1", "downlink over uplink bandwidth of a leaf switch")
    rails: Num = field("1", "rails of the leaf tier; 1 for a plain fat tree")
    copper_share: Num = field("1", "share of host links short enough for passive copper")
    management_power: Num = field("W", "power of the management switch of one rack")
    management_price: Num = field("USD", "price of the management switch of one rack")
    specific_flow: Num = field("m^3/J", "coolant flow per unit of heat")
    switch_mass: Num = field("kg", "mass of a switch per rack unit")
    quick_disconnects: Num = field("1", "pairs of quick disconnects per liquid-cooled accelerator")


@record
class SystemParts:
    """Everything a cluster is put together from besides its systems."""

    switch: Switch = field("", "scale-out switch")
    nic: Nic = field("", "network interface inside the systems")
    optic: Optic = field("", "transceiver of optical links")
    copper: Optic = field("", "cable of short links")
    trunk: Optic = field("", "fibre between two transceivers")
    rack: Rack = field("", "rack and floor")
    rules: SystemRules = field("", "counting rules")


@record
class Network:
    """Switches, links and modules of the scale-out network."""

    ports: Num = field("1", "host ports")
    leaves: Num = field("1", "switches of the first tier")
    spines: Num = field("1", "switches of the second tier")
    cores: Num = field("1", "switches of the third tier")
    switches: Num = field("1", "switches of all tiers")
    switch_optics: Num = field("1", "transceivers plugged into switches")
    optics: Num = field("1", "transceivers of both ends")
    trunks: Num = field("1", "fibre trunks")
    coppers: Num = field("1", "copper cables")
    largest: Num = field("1", "host ports that three tiers of this switch can carry")


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
    needs_liquid: Num = field("1", "1 when the systems can't be cooled by air alone", default=0.0)
