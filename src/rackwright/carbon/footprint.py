"""Emissions of one workload: operation by grid intensity, embodied by part, spread over lives."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num
from rackwright.carbon.records import Carbon, CarbonFacts
from rackwright.catalogue.records import Accelerator, SystemSpec
from rackwright.performance.records import Fleet
from rackwright.site.records import Location, Site
from rackwright.system.records import Cluster

_MILLION = 1e6


def footprint(
    cluster: Cluster,
    site: Site,
    fleet: Fleet,
    chip: Accelerator,
    spec: SystemSpec,
    location: Location,
    facts: CarbonFacts,
) -> Carbon:
    """Add up what a workload emits.

    operation per year = E_meter g,  split into IT and overhead by PUE;  g: grid intensity                 (1)
    embodied per year  = sum over parts of C_part / life_part * year                                       (2)
    total              = (operation + embodied per year) * duration / year                                 (3)
    per Mtoken         = (operation + embodied per year) / (tokens/s * year) * 10^6                        (4)

    (3) is location-based: certificates and contracts are not counted. A training run is charged the share of each
    life that it uses.

    Parameters
    ----------
    cluster, site, fleet : pieces, energy [J] per year, tokens [1/s] and duration [s]
    chip, spec : silicon, memory, and the published footprint of the system where there is one
    location : grid intensity [kgCO2e/J]
    facts : factors with their disputed ranges

    Returns
    -------
    Carbon, fields (designs, 1), (designs, samples) or numbers

    References
    ----------
    [1] Gupta and others, "ACT", ISCA 2022: embodied carbon from area, capacity and package count.
    [2] GHG Protocol, Scope 2 guidance: location-based method.
    """
    embodied = embodied_carbon(cluster, chip, spec, facts)
    annual = _annual(embodied, site, location, facts)
    tokens = (fleet.input_tokens + fleet.output_tokens) * facts.year
    return Carbon(
        embodied=embodied,
        annual=annual,
        total=annual.total * (fleet.duration / facts.year),
        per_mtoken=annual.total / tokens * _MILLION,
    )


def embodied_carbon(cluster: Cluster, chip: Accelerator, spec: SystemSpec, facts: CarbonFacts) -> Breakdown:
    """Emissions before service, by part.

    dies    = N A c_logic / yield;   memory = N M c_memory;   modules = N (c_package + c_module)           (5)
    hosts   = N c_host;   racks, switches, optics, cables = pieces times factor                            (6)
    plant   = p c_facility P_rated;   shell = (1 - p) c_facility P_rated                                   (7)

    Where the system has a published footprint, dies, memory, modules and hosts are scaled to it together:
    their proportions stay ours, their sum is the publisher's.
    """
    count = cluster.accelerators
    area = ops.where(chip.die_area > 0.0, chip.die_area, chip.tdp * facts.area_per_power)
    machines = {
        "accelerators/dies": count * area * facts.logic / facts.die_yield,
        "accelerators/memory": count * chip.memory_capacity * facts.memory,
        "accelerators/modules": count * (facts.package + facts.module),
        "servers": count * facts.host,
    }
    ours = ops.summed(machines.values())
    # A footprint that is not published is NaN: it is set to 0 before it can spoil a derivative.
    published = ops.where(spec.embodied > 0.0, spec.embodied, 0.0) * cluster.systems
    scale = ops.where(spec.embodied > 0.0, published / ours, 1.0)
    return Breakdown(
        "kgCO2e",
        {
            **{name: part * scale for name, part in machines.items()},
            "racks": (cluster.racks + cluster.network_racks) * facts.rack,
            "network/switches": cluster.switches * facts.switch,
            "network/optics": cluster.optics * facts.optic,
            "network/cables": cluster.cables * facts.cable,
            "facility/plant": cluster.power_rated * facts.facility * facts.plant_share,
            "facility/shell": cluster.power_rated * facts.facility * (1.0 - facts.plant_share),
        },
        "Embodied carbon",
    )


def _annual(embodied: Breakdown, site: Site, location: Location, facts: CarbonFacts) -> Breakdown:
    operation = site.energy * location.carbon_intensity
    it = operation / site.pue
    lives = {"network": facts.life_network, "facility/plant": facts.life_plant, "facility/shell": facts.life_shell}
    parts: dict[str, Num] = {"operation/IT": it, "operation/overhead": operation - it}
    for name, amount in embodied.items():
        life = lives.get(name, lives.get(name.split("/", 1)[0], facts.life_it))
        parts[f"embodied/{name}"] = amount * (facts.year / life)
    return Breakdown("kgCO2e", parts, "Carbon per year")
