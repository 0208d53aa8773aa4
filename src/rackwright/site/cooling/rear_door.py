"""`rear-door`: heat exchangers in the rack doors on chilled water from a tower plant with a water-side economiser."""

from __future__ import annotations

from rackwright.base.record import Num
from rackwright.site.cooling.plant import tower_hall
from rackwright.site.cooling.strategy import Draw, register
from rackwright.site.records import SiteFacts, Weather


def rear_door(hours: Weather, supply: Num, facts: SiteFacts) -> Draw:
    """A coil at the rack; the plant is `plant.tower_hall`.

    T_chilled = T_supply - door approach                                                                   (1)

    The approach is closer than that of an air handler, so the chilled water is warmer, and the fans are smaller.
    """
    return tower_hall(hours, supply - facts.door_approach, facts.door_fan, facts)


register("rear-door", rear_door)
