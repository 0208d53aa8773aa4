"""`rear-door`: heat exchangers in the rack doors on chilled water from a tower plant with a water-side economiser."""

from __future__ import annotations

from rackwright.base.record import Num
from rackwright.site.cooling.plant import tower_hall
from rackwright.site.cooling.strategy import Draw, register
from rackwright.site.records import SiteFacts, Weather


def rear_door(hours: Weather, supply: Num, facts: SiteFacts) -> Draw:
    """The coil sits at the rack: a closer approach, so warmer chilled water, and smaller fans than an air handler."""
    return tower_hall(hours, supply - facts.door_approach, facts.door_fan, facts)


register("rear-door", rear_door)
