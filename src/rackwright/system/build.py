"""The public face of the system room: the cluster that carries a number of accelerators.

    P_rated     = n P_max + n_switch P_switch,max + management                                               (1)
    P_peak      = m P_full + (n - m) P_idle + network          P_full: see `full_load_power`                 (2)
    P_idle      = n P_idle + network                                                                         (3)
    P_mean      = P_idle + (P_peak - P_idle) utilisation                                                     (4)
    P_transient = P_peak + (transient ratio - 1) m P_full                                                    (5)
    flow        = v P_peak                                      v: coolant flow per unit of heat             (6)
    mass        = racks m_rack + network racks m_frame + switches                                            (7)

n systems are installed, m of them in use; the network draws its power load or not.
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.limit import Limit
from rackwright.base.record import Num, replace
from rackwright.catalogue.records import Accelerator, SystemSpec
from rackwright.system.bill import count_parts, price_cluster
from rackwright.system.network import size_network
from rackwright.system.power import full_load_power, network_power, system_power
from rackwright.system.records import Cluster, Network, SystemParts
from rackwright.system.shape import Shape, fill_racks, network_racks


def build_system(
    accelerators: Num,
    mean_accelerator_power: Num,
    utilisation: Num,
    chip: Accelerator,
    spec: SystemSpec,
    parts: SystemParts,
) -> Cluster:
    """Put together the cluster that carries `accelerators` accelerators.

    Equations (1) to (7) of the module text.

    Parameters
    ----------
    accelerators : accelerators the workload needs [1]; scalar, (designs, 1) or (designs, samples)
    mean_accelerator_power : power of one package under the workload at full load [W]
    utilisation : mean load over peak load [1]
    chip, spec : the accelerator and the system that carries it
    parts : switch, NIC, transceiver, cables, rack and rules

    Returns
    -------
    Counts, power, mass, priced bill of materials and limits; an over-full rack or network is a limit with a negative
    margin, never an error.

    References
    ----------
    [1] SystemRules in data/system_rules.yaml and Rack in data/racks.yaml, each number with its source.
    """
    shape = fill_racks(accelerators, spec, parts)
    network = size_network(shape.systems, spec, parts)
    shape = replace(shape, network_racks=network_racks(shape, network, spec, parts))
    full = full_load_power(mean_accelerator_power, chip, spec, parts)
    standing = network_power(network, shape.racks, parts)
    power = _peak_power(shape, full, mean_accelerator_power, standing, spec, parts)
    peak, idle = power.total, shape.systems * spec.power_idle + ops.summed(standing.values())
    return Cluster(
        accelerators=shape.systems * spec.accelerators,
        systems=shape.systems,
        racks=shape.racks,
        network_racks=shape.network_racks,
        switches=network.switches,
        optics=network.optics,
        cables=network.trunks + network.coppers,
        power_rated=shape.systems * spec.power_max + network.switches * parts.switch.power_max + standing["management"],
        power_peak=peak,
        power_mean=idle + (peak - idle) * utilisation,
        power_idle=idle,
        power_transient=peak + (spec.transient_ratio - 1.0) * shape.used * full,
        rack_power=shape.rack_power,
        liquid_share=spec.liquid_share,
        needs_liquid=ops.where(spec.needs_liquid > 0.0, 1.0, 0.0),
        mass=_mass(shape, network, parts),
        volume=(shape.racks + shape.network_racks) * parts.rack.width * parts.rack.depth * parts.rack.height,
        coolant_flow=parts.rules.specific_flow * peak,
        power=power,
        capex=price_cluster(shape, network, chip, spec, parts),
        parts=count_parts(shape, network, chip, spec, parts),
        limits=_limits(shape, network, spec, parts),
    )


def _peak_power(
    shape: Shape, full: Num, accelerator_power: Num, standing: dict[str, Num], spec: SystemSpec, parts: SystemParts
) -> Breakdown:
    split = system_power(full, accelerator_power, spec, parts)
    systems = {f"systems/{name}": shape.used * value for name, value in split.items()}
    spares = {"spares": (shape.systems - shape.used) * spec.power_idle}
    return Breakdown("W", systems | spares | {f"network/{k}": v for k, v in standing.items()}, "Peak IT power")


def _mass(shape: Shape, network: Network, parts: SystemParts) -> Num:
    switches = network.switches * parts.switch.rack_units * parts.rules.switch_mass
    return shape.racks * shape.rack_mass + shape.network_racks * parts.rack.mass + switches


def _limits(shape: Shape, network: Network, spec: SystemSpec, parts: SystemParts) -> tuple[Limit, ...]:
    """A rack-scale machine brings its own power shelves, so the rack's power bound is its own."""
    whole = spec.rack_share >= 1.0
    supplied = ops.where(whole, shape.rack_power, parts.rack.power)
    load = shape.rack_mass / parts.rack.floor_area
    return (
        Limit("power of a rack", "W", shape.rack_power, supplied, filled=True),
        Limit("height of a rack", "1", shape.per_rack * spec.rack_share, 1.0, filled=True),
        Limit("floor load", "kg/m^2", load, parts.rack.floor_load),
        Limit("network ports", "1", network.ports, network.largest),
    )
