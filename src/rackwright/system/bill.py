"""The bill of materials: what is bought, how many, and for how much."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.catalogue.records import Accelerator, SystemSpec
from rackwright.system.records import Network, SystemParts
from rackwright.system.shape import Shape


def price_cluster(shape: Shape, network: Network, chip: Accelerator, spec: SystemSpec, parts: SystemParts) -> Breakdown:
    """Purchase price by part [USD]; accelerators, hosts and NICs of a system sum to its price exactly.

    accelerators = n min(N_a p_a, g p_sys)        g: largest share of a system's price they may take         (1)
    nics         = n min(N_nic p_nic, p_sys - accelerators / n)                                              (2)
    hosts        = n p_sys - accelerators - nics                                                             (3)
    racks        = racks of servers times p_rack; a rack-scale machine is sold with its rack                 (4)

    Spare systems are priced whole under `spares`; n counts the systems in use.
    """
    rules, rack = parts.rules, parts.rack
    accelerators = ops.minimum(spec.accelerators * chip.price, rules.accelerator_price_cap * spec.price)
    nics = ops.minimum(spec.nics * parts.nic.price, spec.price - accelerators)
    return Breakdown(
        "USD",
        {
            "accelerators": shape.used * accelerators,
            "hosts": shape.used * (spec.price - accelerators - nics),
            "racks": shape.bought_racks * rack.price,
            "network/nics": shape.used * nics,
            "network/switches": network.switches * parts.switch.price,
            "network/optics": network.optics * parts.optic.price,
            "network/cables": network.trunks * parts.trunk.price + network.coppers * parts.copper.price,
            "network/management": shape.racks * rules.management_price,
            "network/racks": shape.network_racks * rack.price,
            "spares": (shape.systems - shape.used) * spec.price,
        },
        "Purchase price",
    )


def count_parts(shape: Shape, network: Network, chip: Accelerator, spec: SystemSpec, parts: SystemParts) -> Breakdown:
    """Pieces by part class, spares included [1].

    shelves     = ceil(v P_max / P_shelf) per rack       v: installed supply power over nameplate power      (1)
    cold plates = accelerators and host processors of systems that can be cooled by liquid                   (2)
    """
    rack, systems = parts.rack, shape.systems
    accelerators, cpus = systems * spec.accelerators, systems * spec.cpus
    plated = ops.where(spec.liquid_share > 0.0, 1.0, 0.0)
    installed = rack.provisioning * shape.rack_power
    return Breakdown(
        "1",
        {
            "accelerators": accelerators,
            "memory_stacks": accelerators * ops.where(chip.memory_stacks > 0.0, chip.memory_stacks, 0.0),
            "cpus": cpus,
            "nics": systems * spec.nics,
            "racks": shape.racks,
            "power_shelves": shape.racks * ops.ceil(installed / rack.shelf_power),
            "power_supplies": shape.racks * ops.ceil(installed / rack.supply_power),
            "cold_plates": plated * (accelerators + cpus),
            "quick_disconnects": plated * ops.ceil(accelerators * parts.rules.quick_disconnects),
            "network/switches": network.switches,
            "network/optics": network.optics,
            "network/cables": network.trunks + network.coppers,
            "network/management": shape.racks,
            "network/racks": shape.network_racks,
        },
        "Parts",
    )
