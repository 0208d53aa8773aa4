"""How many systems and racks, and what one rack weighs and draws."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num, field, record
from rackwright.catalogue.records import SystemSpec
from rackwright.system.records import Network, SystemParts


@record
class Shape:
    """Systems and racks of a cluster."""

    used: Num = field("1", "systems in use")
    systems: Num = field("1", "systems with hot spares")
    per_rack: Num = field("1", "systems in one rack; below 1 when one system spans several")
    racks: Num = field("1", "racks of systems")
    bought_racks: Num = field("1", "racks bought apart from the systems")
    network_racks: Num = field("1", "racks of switches")
    rack_power: Num = field("W", "nameplate power of one rack of systems")
    rack_mass: Num = field("kg", "mass of one rack of systems")


def fill_racks(accelerators: Num, spec: SystemSpec, parts: SystemParts) -> Shape:
    """Count systems and fill racks until power or height runs out; the network is not yet racked.

    n     = m + floor(s m),   m = ceil(A / A_sys)                 s: share of hot spares                     (1)
    q     = max(1, floor(min(1/h, P_rack / P_max)))               servers: h < 1 is the share of the height  (2)
    q     = 1/h                                                   rack-scale systems: h racks each           (3)
    racks = ceil(n / q)                                                                                      (4)
    """
    rack, rules = parts.rack, parts.rules
    used = ops.ceil(accelerators / spec.accelerators)
    systems = used + ops.floor(used * rules.spare_share)
    whole = spec.rack_share >= 1.0
    fitting = ops.floor(ops.minimum(1.0 / spec.rack_share, rack.power / spec.power_max))
    per_rack = ops.where(whole, 1.0 / spec.rack_share, ops.maximum(1.0, fitting))
    racks = ops.ceil(systems / per_rack)
    frame = ops.where(whole, 0.0, rack.mass)
    return Shape(
        used=used,
        systems=systems,
        per_rack=per_rack,
        racks=racks,
        bought_racks=ops.where(whole, 0.0, racks),
        network_racks=0.0 * racks,
        rack_power=per_rack * spec.power_max,
        rack_mass=per_rack * spec.mass + frame,
    )


def network_racks(shape: Shape, network: Network, spec: SystemSpec, parts: SystemParts) -> Num:
    """Racks for the switches that find no room among the servers [1].

    r = ceil(max(0, switches U - racks U_spare) / U_rack)         rack-scale systems leave no room           (1)
    """
    room = ops.where(spec.rack_share >= 1.0, 0.0, shape.racks * parts.rack.spare_units)
    height = network.switches * parts.switch.rack_units
    return ops.ceil(ops.maximum(0.0, height - room) / parts.rack.usable_units)
