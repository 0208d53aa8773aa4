"""How warm a coolant a chip can stand."""

from __future__ import annotations

import numpy as np

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.base.trace import untraced
from rackwright.catalogue.records import Accelerator
from rackwright.site.records import Coolant, CoolingSpec, SiteFacts


def coolant(chip: Accelerator, cooling: CoolingSpec, facts: SiteFacts) -> Coolant:
    """Supply the warmest class of coolant that keeps the chip below its limit.

    R = (r_package + r_plate) / A + R_sink                                          chip to supply         (1)
    T_warmest = T_limit - P_TDP R                                                                          (2)
    k = clip(floor((T_warmest - T_coldest) / step), 0, classes - 1);   T_supply = T_coldest + k step       (3)
    R_required = (T_limit - T_supply) / P_TDP                                                              (4)

    Package and cold plate scale with die area A, a heat sink in air or oil does not. Where the die area is not
    published, A = P_TDP times the fact `area_per_power`. A chip too hot for the coldest class gets the coldest, and
    the limit `chip thermal resistance` of the site is broken.

    Parameters
    ----------
    chip : thermal design power [W] and die area [m^2], (designs, 1) or numbers
    cooling : resistances [K/W], [K*m^2/W] and classes [K]
    facts : limit of the junction [K], package resistance [K*m^2/W]

    Returns
    -------
    Coolant, temperatures [K], resistances [K/W], index [1]

    References
    ----------
    [1] Series resistance network from junction to inlet, as used by makers of cold plates; the half rise of the
        coolant along the plate is inside the cold-plate resistance, which is quoted to the inlet.
    """
    area = ops.where(chip.die_area > 0.0, chip.die_area, chip.tdp * facts.area_per_power)
    resistance = (facts.package_resistance + cooling.sink_area_resistance) / area + cooling.sink_resistance
    warmest = facts.chip_limit - chip.tdp * resistance
    steps = ops.floor((warmest - cooling.supply_coldest) / cooling.supply_step)
    index = ops.clip(steps, 0.0, cooling.supply_classes - 1.0)
    supply = cooling.supply_coldest + index * cooling.supply_step
    return Coolant(
        supply=supply,
        warmest=warmest,
        index=index,
        resistance=resistance,
        required_resistance=(facts.chip_limit - supply) / chip.tdp,
    )


def supply_classes(cooling: CoolingSpec) -> tuple[float, ...]:
    """Supply temperatures [K] of one cooling, coldest first: T_k = T_coldest + k step."""
    coldest, step, classes = (
        float(np.asarray(untraced(value)).reshape(-1)[0])
        for value in (cooling.supply_coldest, cooling.supply_step, cooling.supply_classes)
    )
    return tuple(coldest + k * step for k in range(round(classes)))


def liquid_share(machine_share: Num, cooling: CoolingSpec) -> Num:
    """Share of heat that leaves by liquid.

    s = max(s_captured, min(s_machine, s_accepted))                                                        (5)
    """
    return ops.maximum(ops.minimum(machine_share, cooling.accepts_liquid), cooling.captures)
