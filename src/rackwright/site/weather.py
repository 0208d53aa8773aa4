"""Hours of weather from 36 monthly normals.

Daily mean, maximum, minimum and dew point are interpolated between the middles of months; the day is a cosine; days
differ by a first-order autoregressive anomaly with a fixed seed, so the same normals always give the same hours:

    T(d, h) = (T_max + T_min)/2 + (T_max - T_min)/2 cos(2 pi (h - h_peak)/24) + s a(d)                   (1)
    a(d) = phi a(d-1) + sqrt(1 - phi^2) e(d),   e ~ N(0, 1)                                              (2)
    s = clip(q (T_max - T_min), s_low, s_high)                                                           (3)
    T_dew(d, h) = min(T_dew(d) + r s a(d), T(d, h))                                                      (4)

The anomaly is brought to mean 0 and deviation 1 within each month, so that one year reproduces its normals.

Normals say nothing of extremes. The design hour that sizes the feeder is therefore not one of these hours: it is the
climate's own extreme dry bulb and extreme wet bulb, taken together, which is on the safe side. No hour of the year
goes beyond them.

References
----------
[1] Comparison with hourly records of 29 places; see `data/weather_facts.yaml`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rackwright.base.units import to_si
from rackwright.catalogue.loader import load_table
from rackwright.site.psychrometrics import pressure_at, wet_bulb
from rackwright.site.records import Climate, Weather, WeatherFacts

Array = NDArray[np.float64]

_SEED = 1
_DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAYS, _HOURS = 365, 24


@cache
def climate_weather(climate: str) -> Weather:
    """Hours of a climate of the catalogue, by its id.

    Raises
    ------
    UnknownNameError
        If there is no such climate; the error names the nearest ones.
    """
    table = load_table("climates", Climate)
    record, normals = table.one(climate), table.vectors[climate]
    kelvin = {name: np.array([to_si(month, "degC") for month in values]) for name, values in normals.items()}
    facts = load_table("weather_facts", WeatherFacts).one("generator")
    return weather_from_normals(kelvin, record, facts)


def weather_from_normals(normals: dict[str, Array], climate: Climate, facts: WeatherFacts) -> Weather:
    """8,760 hours from monthly normals [K] `daily_max`, `daily_min`, `dew_point` (12,) each; equations (1) to (4)."""
    daily_max, daily_min, daily_dew = (
        _by_day(normals[name])[:, np.newaxis] for name in ("daily_max", "daily_min", "dew_point")
    )
    spread = daily_max - daily_min
    deviation = np.clip(facts.deviation_share * spread, facts.deviation_lowest, facts.deviation_highest)
    anomaly = deviation * _anomalies(float(facts.persistence))[:, np.newaxis]
    hours = np.arange(_HOURS) * to_si(1.0, "h")
    cosine = np.cos((hours - facts.peak_hour) * (2.0 * np.pi / to_si(1.0, "day")))
    dry = (0.5 * (daily_max + daily_min) + 0.5 * spread * cosine + anomaly).reshape(-1)
    dry = np.minimum(dry, climate.extreme_dry_bulb)
    dew = np.minimum(np.broadcast_to(daily_dew + facts.dew_share * anomaly, (_DAYS, _HOURS)).reshape(-1), dry)
    return weather_from_hours(dry, dew, pressure_at(float(climate.elevation)), climate)


def weather_from_hours(dry: Array, dew: Array, pressure: Any, climate: Climate | None = None) -> Weather:
    """Weather from hourly dry bulb and dew point [K] and pressure [Pa]; the wet bulb is computed.

    Without a climate the design hour is the highest dry bulb and the highest wet bulb of the hours themselves.
    """
    wet = wet_bulb(dry, dew, pressure)
    if climate is not None:
        wet = np.minimum(wet, climate.extreme_wet_bulb)
        dew = np.minimum(dew, wet)
    return Weather(
        dry_bulb=dry,
        dew_point=dew,
        wet_bulb=wet,
        extreme_dry_bulb=float(dry.max()) if climate is None else climate.extreme_dry_bulb,
        extreme_wet_bulb=float(wet.max()) if climate is None else climate.extreme_wet_bulb,
    )


def _by_day(monthly: Array) -> Array:
    ends = np.cumsum(_DAYS_OF_MONTH)
    middles = ends - 0.5 * np.array(_DAYS_OF_MONTH)
    return np.asarray(np.interp(np.arange(_DAYS) + 0.5, middles, monthly, period=_DAYS))


@cache
def _anomalies(persistence: float) -> Array:
    """Daily anomalies by (2), mean 0 and deviation 1 in every month.

    `RandomState` rather than `default_rng`: its stream is frozen, so a year stays the same in every version of NumPy.
    """
    noise = np.random.RandomState(_SEED).standard_normal(_DAYS)
    values = np.empty(_DAYS)
    values[0] = noise[0]
    for day in range(1, _DAYS):
        values[day] = persistence * values[day - 1] + np.sqrt(1.0 - persistence**2) * noise[day]
    months = np.repeat(np.arange(12), _DAYS_OF_MONTH)
    for month in range(12):
        days = months == month
        values[days] = (values[days] - values[days].mean()) / values[days].std()
    return values
