"""Emissions."""

from __future__ import annotations

from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num, field, record


@record
class Carbon:
    """Emissions of one workload."""

    embodied: Breakdown = field("", "emissions before service, by part [kgCO2e]")
    annual: Breakdown = field("", "emissions per year: operation, and embodied spread over lives [kgCO2e]")
    total: Num = field("kgCO2e", "emissions over the horizon (training: share used by the run)")
    per_mtoken: Num = field("kgCO2e", "emissions per million tokens")


@record
class CarbonFacts:
    """Factors of embodied carbon, with the ranges between which published accountings disagree, and lives."""

    year: Num = field("s", "one year")
    logic: Num = field("kgCO2e/m^2", "processed logic wafer, per area")
    die_yield: Num = field("1", "good silicon over processed silicon")
    memory: Num = field("kgCO2e/B", "stacked memory, per capacity")
    package: Num = field("kgCO2e", "advanced package of one accelerator")
    module: Num = field("kgCO2e", "board, regulators, heat sink and share of the baseboard of one accelerator")
    host: Num = field("kgCO2e", "rest of the server, per accelerator")
    rack: Num = field("kgCO2e", "frame, busbar, power shelves and manifolds of one rack")
    switch: Num = field("kgCO2e", "one switch")
    optic: Num = field("kgCO2e", "one optical transceiver")
    cable: Num = field("kgCO2e", "one cable")
    facility: Num = field("kgCO2e/W", "building and plant per rated IT power")
    plant_share: Num = field("1", "share of plant (power and cooling) in the carbon of the facility")
    area_per_power: Num = field("m^2/W", "die area over thermal design power where the area is not published")
    life_it: Num = field("s", "life of accelerators, servers and racks")
    life_network: Num = field("s", "life of switches, optics and cables")
    life_plant: Num = field("s", "life of power and cooling plant")
    life_shell: Num = field("s", "life of the building")
