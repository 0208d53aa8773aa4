"""A year of facility overhead as a polynomial in IT load.

Overhead is computed hour by hour at full load and averaged; how each cause follows the load l is a law of its own:

    fixed   no-load losses, lighting, least speed of fans and pumps     1
    linear  losses with load, compressors                               l
    square  load losses, pumps above least speed                        l^2
    cube    fans above least speed                                      l^3

so that the annual mean at any load, and with the moments of the load over any load curve, is a sum of four numbers.

What is made linear: a compressor follows the heat it lifts, at the coefficient of performance of full load. At part
load approaches shrink, fan heat falls faster than load and machines work a little better, so compressor energy and
trim hours are on the high side, by less than a tenth of the compressor part. Pumps follow the square of load, between
the cube of a free loop and the constant head of a controlled one. Water follows IT energy. Whether PUE rises or falls
at part load is then decided by the fixed part: it rises where a UPS idles, and stays level or falls where none does.

References
----------
[1] Fan affinity laws: ASHRAE Handbook - HVAC Systems and Equipment (2020), chapter 21.
"""

from __future__ import annotations

import numpy as np

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num, field, fields_of, record
from rackwright.base.trace import untraced
from rackwright.site.cooling import Draw, strategy
from rackwright.site.cooling.strategy import Path
from rackwright.site.lift import lifted, lifted_weather, with_hour_axis
from rackwright.site.power_chain import electrical_losses
from rackwright.site.records import FacilityYear, SiteFacts, Weather

_HOURS_PER_YEAR = 8760
LAWS = ("fixed", "linear", "square", "cube")


@record
class PathYear:
    """Annual means, and the design hour, of one path, per watt of IT heat it carries."""

    air_fans: Num = field("1", "hall and server-side fans")
    outdoor_fans: Num = field("1", "tower and dry-cooler fans")
    pumps: Num = field("1", "pumps")
    compressors: Num = field("1", "compressors")
    water: Num = field("m^3/J", "water per unit of IT energy")
    trim_hours: Num = field("1", "hours per year with compressors")
    humid_hours: Num = field("1", "hours per year above the dew-point limit")
    peak_air_fans: Num = field("1", "hall and server-side fans in the design hour")
    peak_outdoor_fans: Num = field("1", "tower and dry-cooler fans in the design hour")
    peak_pumps: Num = field("1", "pumps in the design hour")
    peak_compressors: Num = field("1", "compressors in the design hour")


def facility_year(
    weather: Weather, cooling: str, supply_temperature: Num, liquid_share: Num, facts: SiteFacts
) -> FacilityYear:
    """A year of one way of cooling in one climate.

    overhead(l) = sum over causes of (s c_liquid + (1 - s) c_air) (d + (1 - d) l^law) + electrical(l)      (1)

    d is the turn-down: what remains of fans and pumps without load.

    Parameters
    ----------
    weather : hours, on the last axis
    cooling : name of a strategy
    supply_temperature : [K], air at the server inlet or liquid at the rack, (designs, 1) or a number
    liquid_share : share of heat that leaves by liquid [1]; without effect where there is one path only
    facts : constants, a number each or (samples,)

    Returns
    -------
    FacilityYear, fields (designs, 1), (designs, samples) or numbers

    Raises
    ------
    UnknownNameError
        If there is no such strategy.
    """
    paths = path_years(weather, cooling, supply_temperature, facts)
    return assemble(*paths, liquid_share, facts)


def path_years(weather: Weather, cooling: str, supply: Num, facts: SiteFacts) -> tuple[PathYear, PathYear]:
    """The liquid and the air path of one way of cooling; equal where it has one path only."""
    chosen = strategy(cooling)
    liquid = _path_year(weather, chosen.liquid, supply, facts)
    air = _path_year(weather, chosen.air, facts.hybrid_air_supply, facts) if chosen.hybrid else liquid
    return liquid, air


def assemble(liquid: PathYear, air: PathYear, liquid_share: Num, facts: SiteFacts) -> FacilityYear:
    """Mix the two paths by the share of heat each carries and add the electrical losses.

    x = s x_liquid + (1 - s) x_air   for every cause, water, trim and humid hours                          (2)

    Trim hours of a hybrid are thus weighted by the heat that is trimmed. The design hour is the same for both paths.
    """
    rest = 1.0 - liquid_share
    mixed = PathYear(
        **{f.name: liquid_share * getattr(liquid, f.name) + rest * getattr(air, f.name) for f in fields_of(PathYear)}
    )
    electrical = electrical_losses(facts)
    mean = _by_cause(mixed.air_fans, mixed.outdoor_fans, mixed.pumps, mixed.compressors, facts)
    peak = _by_cause(mixed.peak_air_fans, mixed.peak_outdoor_fans, mixed.peak_pumps, mixed.peak_compressors, facts)
    parts = Breakdown("1", {**electrical, **mean}, "Overhead")
    parts_peak = Breakdown("1", {**electrical, **peak}, "Overhead in the worst hour")
    return FacilityYear(
        **by_law(parts),
        peak=parts_peak.total,
        water=mixed.water,
        trim_hours=mixed.trim_hours,
        humid_hours=mixed.humid_hours,
        parts=parts,
        parts_peak=parts_peak,
    )


def _by_cause(air_fans: Num, outdoor_fans: Num, pumps: Num, compressors: Num, facts: SiteFacts) -> dict[str, Num]:
    moving_fans, moving_pumps = 1.0 - facts.fan_turndown, 1.0 - facts.pump_turndown
    return {
        "air fans/fixed": air_fans * facts.fan_turndown,
        "air fans/cube": air_fans * moving_fans,
        "outdoor fans/fixed": outdoor_fans * facts.fan_turndown,
        "outdoor fans/cube": outdoor_fans * moving_fans,
        "pumps/fixed": pumps * facts.pump_turndown,
        "pumps/square": pumps * moving_pumps,
        "compressors/linear": compressors,
    }


def by_law(parts: Breakdown) -> dict[str, Num]:
    """Sum parts named `cause/law` by law."""
    return {law: ops.summed(value for name, value in parts.items() if name.endswith(law)) for law in LAWS}


def _path_year(weather: Weather, path: Path, supply: Num, facts: SiteFacts) -> PathYear:
    like = facts.tower_approach
    hours = lifted_weather(weather, like)
    hourly = with_hour_axis(facts)
    temperature = lifted(supply, "K", like)
    if np.ndim(untraced(temperature)):
        temperature = ops.add_axis(temperature)
    draw = path(hours, temperature, hourly)
    worst = path(_design_hour(hours), temperature, hourly)
    count = np.shape(untraced(hours.dry_bulb))[-1]
    mean = {f.name: _mean(getattr(draw, f.name), count) for f in fields_of(Draw)}
    values = {
        **mean,
        "trim_hours": mean.pop("trim") * _HOURS_PER_YEAR,
        "humid_hours": mean.pop("humid") * _HOURS_PER_YEAR,
        **{f"peak_{n}": _mean(getattr(worst, n), 1) for n in ("air_fans", "outdoor_fans", "pumps", "compressors")},
    }
    return PathYear(**{f.name: lifted(values[f.name], f.metadata["unit"], like) for f in fields_of(PathYear)})


def _design_hour(hours: Weather) -> Weather:
    dry, wet = ops.add_axis(hours.extreme_dry_bulb), ops.add_axis(hours.extreme_wet_bulb)
    return Weather(
        dry_bulb=dry,
        wet_bulb=ops.minimum(wet, dry),
        dew_point=ops.minimum(wet, dry),
        extreme_dry_bulb=hours.extreme_dry_bulb,
        extreme_wet_bulb=hours.extreme_wet_bulb,
    )


def _mean(value: Num, count: int) -> Num:
    """Average over hours; what does not vary with the hour is spread over them first."""
    if np.shape(untraced(value))[-1:] != (count,):
        value = value * np.ones(count)
    return ops.mean(value)
