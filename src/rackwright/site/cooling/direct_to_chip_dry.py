"""`direct-to-chip-dry`: cold plates on a loop with dry coolers; air-cooled parts on an air-cooled chiller. No water."""

from __future__ import annotations

from rackwright.base.record import Num
from rackwright.site.cooling.air_chiller import air_chiller
from rackwright.site.cooling.plant import dry_loop
from rackwright.site.cooling.strategy import Draw, register
from rackwright.site.records import SiteFacts, Weather


def direct_to_chip_dry(hours: Weather, supply: Num, facts: SiteFacts) -> Draw:
    """The liquid share; see `plant.dry_loop`.

    approach = dry approach, dry cooler and distribution unit together                                     (1)
    """
    return dry_loop(hours, supply, facts.loop_pumps, facts.dry_approach, facts)


register("direct-to-chip-dry", direct_to_chip_dry, air=air_chiller)
