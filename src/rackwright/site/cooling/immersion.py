"""`immersion`: machines in tanks of oil, single phase, on dry coolers. No air path and no water."""

from __future__ import annotations

from rackwright.base.record import Num
from rackwright.site.cooling.plant import dry_loop
from rackwright.site.cooling.strategy import Draw, register
from rackwright.site.records import SiteFacts, Weather


def immersion(hours: Weather, supply: Num, facts: SiteFacts) -> Draw:
    """A dry loop whose heat exchanger has oil on one side; see `plant.dry_loop`.

    approach = dry approach - distribution-unit approach + oil approach                                    (1)
    """
    approach = facts.dry_approach - facts.loop_approach + facts.oil_approach
    return dry_loop(hours, supply, facts.immersion_pumps, approach, facts)


register("immersion", immersion)
