"""`air-chiller`: air handlers on chilled water from an air-cooled chiller with a dry economiser; no water."""

from __future__ import annotations

from rackwright.base.record import Num
from rackwright.site.cooling.plant import compressor_power, running, shortfall
from rackwright.site.cooling.strategy import Draw, register
from rackwright.site.records import SiteFacts, Weather


def air_chiller(hours: Weather, supply: Num, facts: SiteFacts) -> Draw:
    """Chilled water from outdoor air.

    u = clip((T + approach - T_chilled) / range, 0, 1),  T_chilled = T_supply - coil                       (1)
    q = 1 + fans + pumps;   compressors = q u / COP                                                        (2)

    Condenser fans are in the share of Carnot, which is measured over the whole machine.
    """
    chilled = supply - facts.coil_approach
    left = shortfall(hours.dry_bulb + facts.free_air_approach, chilled, facts.dry_economiser_range)
    heat = 1.0 + facts.air_handler_fan + facts.chilled_pumps
    return Draw(
        air_fans=facts.air_handler_fan,
        outdoor_fans=0.0,
        pumps=facts.chilled_pumps,
        compressors=heat * left * compressor_power(chilled, hours.dry_bulb, facts.carnot_share_air, facts),
        water=0.0,
        trim=running(left),
        humid=0.0,
    )


register("air-chiller", air_chiller)
