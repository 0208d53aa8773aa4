"""Power of one system by part, and of the network."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.catalogue.records import Accelerator, SystemSpec
from rackwright.system.records import Network, SystemParts


def full_load_power(accelerator_power: Num, chip: Accelerator, spec: SystemSpec, parts: SystemParts) -> Num:
    """Power of one system at the rack inlet with its accelerators at `accelerator_power` [W].

    P = P_typ - n (P_tdp - p) / e,   held between P_idle and P_max                                           (1)

    The published full-load power P_typ is taken to hold for accelerators at their design power; every watt that the
    workload leaves unused there is saved at the inlet with the power supplies' efficiency e.
    """
    saved = spec.accelerators * (chip.tdp - accelerator_power) / parts.rules.supply_efficiency
    return ops.clip(spec.power_typical - saved, spec.power_idle, spec.power_max)


def system_power(full: Num, accelerator_power: Num, spec: SystemSpec, parts: SystemParts) -> dict[str, Num]:
    """Split the power `full` of one system into its parts; they sum to `full` exactly [W].

    conversion = (1 - e) P,   fans = f (1 - l) P,   accelerators = n p,   cpus = n_cpu p_cpu,   nics = n_nic p_nic (1)
    boards     = P - all of these: memory, storage, scale-up switches, board converters                      (2)

    f: fan share of an air-cooled system; l: share of heat that can go to liquid. Should the parts add up to more than
    the published power, they are scaled down to it together and nothing is left for (2).
    """
    rules = parts.rules
    known = {
        "accelerators": spec.accelerators * accelerator_power,
        "cpus": spec.cpus * rules.cpu_power,
        "nics": spec.nics * parts.nic.power,
        "fans": rules.fan_share * (1.0 - spec.liquid_share) * full,
        "conversion": (1.0 - rules.supply_efficiency) * full,
    }
    needed = ops.summed(known.values())
    scale = ops.minimum(1.0, full / needed)
    split = {name: scale * value for name, value in known.items()}
    split["boards"] = ops.maximum(0.0, full - needed)
    return split


def network_power(network: Network, racks: Num, parts: SystemParts) -> dict[str, Num]:
    """Power of switches, the transceivers in them, and rack management, load or not [W].

    P = n_switch p_switch + n_optic p_optic + n_rack p_management                                            (1)

    Transceivers at the host end draw from their system and are part of its power.
    """
    return {
        "switches": network.switches * parts.switch.power_typical,
        "optics": network.switch_optics * parts.optic.power,
        "management": racks * parts.rules.management_power,
    }
