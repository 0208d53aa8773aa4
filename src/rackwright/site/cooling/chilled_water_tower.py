"""`chilled-water-tower`: air handlers on chilled water, water-cooled chiller, towers and a water-side economiser."""

from __future__ import annotations

from rackwright.base.record import Num
from rackwright.site.cooling.plant import tower_hall
from rackwright.site.cooling.strategy import Draw, register
from rackwright.site.records import SiteFacts, Weather


def chilled_water_tower(hours: Weather, supply: Num, facts: SiteFacts) -> Draw:
    """Hall air off a chilled-water coil; the plant is `plant.tower_hall`.

    T_chilled = T_supply - coil approach                                                                   (1)
    """
    return tower_hall(hours, supply - facts.coil_approach, facts.air_handler_fan, facts)


register("chilled-water-tower", chilled_water_tower)
