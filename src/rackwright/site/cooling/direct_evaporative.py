"""`direct-evaporative`: outdoor air through the servers, wetted when too warm, trimmed when that is not enough."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.site.cooling.plant import make_up, running
from rackwright.site.cooling.strategy import Draw, register
from rackwright.site.records import SiteFacts, Weather

_SATURATED = 1e-6


def direct_evaporative(hours: Weather, supply: Num, facts: SiteFacts) -> Draw:
    """Evaporate just enough to reach the supply temperature, then trim.

    drop = min(max(T - T_supply, 0), e (T - T_wb))                              cooling by evaporation     (1)
    water = drop / rise * make-up;   compressors = max(T - drop - T_supply, 0) / (rise COP)                (2)
    T_dew,supply = T_dew + drop (T_wb - T_dew) / (T - T_wb)                     along the wet-bulb line    (3)

    `rise` is the temperature rise of air through the servers: it turns kelvins of air into shares of IT heat.
    """
    depression = hours.dry_bulb - hours.wet_bulb
    drop = ops.minimum(ops.maximum(hours.dry_bulb - supply, 0.0), facts.evaporator_effectiveness * depression)
    residue = ops.maximum(hours.dry_bulb - drop - supply, 0.0) / facts.air_rise
    wetted = drop / ops.maximum(depression, _SATURATED * facts.air_rise)
    dew_point = hours.dew_point + wetted * (hours.wet_bulb - hours.dew_point)
    return Draw(
        air_fans=facts.economiser_fan,
        outdoor_fans=0.0,
        pumps=0.0,
        compressors=residue / facts.direct_expansion_cop,
        water=drop / facts.air_rise * make_up(facts),
        trim=running(residue),
        humid=ops.where(dew_point > facts.dew_point_limit, 1.0, 0.0),
    )


register("direct-evaporative", direct_evaporative)
