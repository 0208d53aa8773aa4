"""`direct-to-chip-tower`: cold plates on a loop with towers; air-cooled parts on chilled water with towers."""

from __future__ import annotations

from rackwright.base.record import Num
from rackwright.site.cooling.chilled_water_tower import chilled_water_tower
from rackwright.site.cooling.plant import compressor_power, outdoor_fan, running, shortfall, tower_water
from rackwright.site.cooling.strategy import Draw, register
from rackwright.site.records import SiteFacts, Weather


def direct_to_chip_tower(hours: Weather, supply: Num, facts: SiteFacts) -> Draw:
    """The liquid share.

    u = clip((T_wb + tower + plate + loop - T_supply) / range, 0, 1);   compressors = (1 + pumps) u / COP  (1)

    From 35 degC of supply up, u is 0 in nearly every climate: the loop then has no compressor at all.
    """
    approach = facts.plate_approach + facts.loop_approach
    left = shortfall(hours.wet_bulb + facts.tower_approach + approach, supply, facts.trim_range)
    heat = 1.0 + facts.loop_pumps
    compressors = heat * left * compressor_power(supply, hours.wet_bulb, facts.carnot_share_water, facts)
    rejected = heat + compressors
    difference = supply - approach - hours.wet_bulb
    return Draw(
        air_fans=0.0,
        outdoor_fans=rejected * outdoor_fan(facts.tower_fan, facts.tower_approach, difference, facts),
        pumps=facts.loop_pumps,
        compressors=compressors,
        water=tower_water(rejected, hours.dry_bulb, facts),
        trim=running(left),
        humid=0.0,
    )


register("direct-to-chip-tower", direct_to_chip_tower, air=chilled_water_tower)
