"""Pieces that several strategies share: chiller, tower, dry cooler, and the hall on chilled water.

References
----------
[1] ASHRAE Handbook - HVAC Systems and Equipment (2020), chapters 40 (cooling towers) and 43 (chillers).
[2] Patterson and others, NREL ESIF: PUE 1.036 with warm-water liquid cooling and towers; see the tests.
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.site.cooling.strategy import Draw
from rackwright.site.records import SiteFacts, Weather


def compressor_power(supply: Num, ambient: Num, carnot_share: Num, facts: SiteFacts) -> Num:
    """Power of a compressor over the heat it lifts.

    1/COP = clip((T_c - T_e) / (eta T_e), 1/COP_max, 1/COP_min)                                            (1)
    T_e = T_supply - approach,   T_c = T_ambient + lift
    """
    evaporating = supply - facts.evaporator_approach
    condensing = ambient + facts.condenser_lift
    return ops.clip(
        (condensing - evaporating) / (carnot_share * evaporating), 1.0 / facts.cop_highest, 1.0 / facts.cop_lowest
    )


def shortfall(reachable: Num, wanted: Num, span: Num) -> Num:
    """Share of heat that free cooling leaves to a compressor.

    u = clip((T_reachable - T_wanted) / span, 0, 1)                                                        (2)
    """
    return ops.clip((reachable - wanted) / span, 0.0, 1.0)


def running(share: Num) -> Num:
    """Whether a machine runs.

    r = 1 if u > 0 else 0                                                                                  (8)
    """
    return ops.where(share > 0.0, 1.0, 0.0)


def outdoor_fan(design: Num, design_difference: Num, difference: Num, facts: SiteFacts) -> Num:
    """Power of tower or dry-cooler fans over heat rejected.

    f = f_design max(floor, (dT_design / max(dT, dT_design))^n)                                            (3)

    n = 3 is the cube law at a fixed set point; see the fact `fan_exponent`.
    """
    ratio = design_difference / ops.maximum(difference, design_difference)
    return design * ops.maximum(ops.power(ratio, facts.fan_exponent), facts.fan_floor)


def tower_water(rejected: Num, dry_bulb: Num, facts: SiteFacts) -> Num:
    """Make-up water of a tower per unit of IT energy [m^3/J].

    w = q x / (L rho) (1 + 1/(COC - 1)),   x = clip(x_0 + x' (T - T_0), x_min, 1)                          (4)
    """
    evaporated = facts.evaporated_share + facts.evaporated_slope * (dry_bulb - facts.evaporated_reference)
    share = ops.clip(evaporated, facts.evaporated_lowest, 1.0)
    return rejected * share * make_up(facts)


def make_up(facts: SiteFacts) -> Num:
    """Water drawn per heat of evaporation [m^3/J]: what evaporates and what is blown down.

    w = (1 + 1/(COC - 1)) / (L rho)                                                                        (9)
    """
    return (1.0 + 1.0 / (facts.cycles - 1.0)) / (facts.latent_heat * facts.water_density)


def tower_hall(hours: Weather, chilled: Num, fans: Num, facts: SiteFacts) -> Draw:
    """Hall on chilled water from a water-cooled chiller, with towers and a water-side economiser.

    u = clip((T_wb + tower + plate - T_chilled) / range, 0, 1)          share left to the chiller          (5)
    q = 1 + fans + pumps;   compressors = q u / COP;   rejected = q + compressors                          (6)
    """
    left = shortfall(hours.wet_bulb + facts.tower_approach + facts.plate_approach, chilled, facts.wet_economiser_range)
    heat = 1.0 + fans + facts.chilled_pumps
    compressors = heat * left * compressor_power(chilled, hours.wet_bulb, facts.carnot_share_water, facts)
    rejected = heat + compressors
    difference = chilled - facts.plate_approach - hours.wet_bulb
    return Draw(
        air_fans=fans,
        outdoor_fans=rejected * outdoor_fan(facts.tower_fan, facts.tower_approach, difference, facts),
        pumps=facts.chilled_pumps,
        compressors=compressors,
        water=tower_water(rejected, hours.dry_bulb, facts),
        trim=running(left),
        humid=0.0,
    )


def dry_loop(hours: Weather, supply: Num, pumps: Num, approach: Num, facts: SiteFacts) -> Draw:
    """Liquid loop on a dry cooler with a trim compressor for the hottest hours.

    u = clip((T + approach - T_supply) / range, 0, 1);   compressors = (1 + pumps) u / COP                 (7)
    """
    left = shortfall(hours.dry_bulb + approach, supply, facts.trim_range)
    heat = 1.0 + pumps
    compressors = heat * left * compressor_power(supply, hours.dry_bulb, facts.carnot_share_air, facts)
    fans = outdoor_fan(facts.dry_fan, approach, supply - hours.dry_bulb, facts)
    return Draw(
        air_fans=0.0,
        outdoor_fans=(heat + compressors) * fans,
        pumps=pumps,
        compressors=compressors,
        water=0.0,
        trim=running(left),
        humid=0.0,
    )
