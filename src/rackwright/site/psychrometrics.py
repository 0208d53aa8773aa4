"""Moist air: saturation pressure, wet bulb, pressure at altitude.

Plain arrays: weather is prepared once, at the border. The coefficients below are the published correlations themselves
and live with their formula.

References
----------
[1] ASHRAE Handbook - Fundamentals (2017), chapter 1, equations 3, 5, 6, 33 and 35.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_OVER_ICE = (-5.6745359e3, 6.3925247, -9.677843e-3, 6.2215701e-7, 2.0747825e-9, -9.484024e-13, 4.1635019)
_OVER_WATER = (-5.8002206e3, 1.3914993, -4.8640239e-2, 4.1764768e-5, -1.4452093e-8, 0.0, 6.5459673)
_FREEZING = 273.15
_VAPOUR_RATIO = 0.621945
_BISECTIONS = 20


def pressure_at(elevation: float) -> float:
    """Pressure of the standard atmosphere at an elevation [m], in Pa.

    p = 101325 (1 - 2.25577e-5 z)^5.2559                                                               (1)
    """
    return float(101325.0 * (1.0 - 2.25577e-5 * elevation) ** 5.2559)


def saturation_pressure(temperature: Any) -> Array:
    """Saturation pressure of water vapour over ice or water, Pa, at a temperature [K].

    ln p = c1/T + c2 + c3 T + c4 T^2 + c5 T^3 + c6 T^4 + c7 ln T                                        (2)
    """
    t = np.asarray(temperature, dtype=float)
    ice = t < _FREEZING
    ln_t = np.log(t)
    over_water = _exponent(_OVER_WATER, t, ln_t)
    return np.asarray(np.exp(np.where(ice, _exponent(_OVER_ICE, t, ln_t), over_water) if ice.any() else over_water))


def humidity_ratio(dew_point: Any, pressure: Any) -> Array:
    """Mass of vapour per mass of dry air at a dew point [K] and pressure [Pa].

    W = 0.621945 p_w / (p - p_w)                                                                           (3)
    """
    vapour = saturation_pressure(dew_point)
    return np.asarray(_VAPOUR_RATIO * vapour / (pressure - vapour))


def dew_point_from_humidity(dry_bulb: Any, relative_humidity: Any) -> Array:
    """Dew point [K] from dry bulb [K] and relative humidity [1], by bisection of (2)."""
    target = np.asarray(relative_humidity) * saturation_pressure(dry_bulb)
    high = np.asarray(dry_bulb, dtype=float)
    low = high - 100.0
    for _ in range(_BISECTIONS + 3):
        middle = 0.5 * (low + high)
        above = saturation_pressure(middle) > target
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray(0.5 * (low + high))


def wet_bulb(dry_bulb: Any, dew_point: Any, pressure: Any) -> Array:
    """Thermodynamic wet bulb [K] of air with a dry bulb [K], dew point [K] and pressure [Pa].

    Solves, by bisection between dew point and dry bulb, with t in degC and W*_s saturated at t*,

    W = ((2501 - 2.326 t*) W*_s - 1.006 (t - t*)) / (2501 + 1.86 t - 4.186 t*)    t* >= 0                   (4)
    W = ((2830 - 0.24 t*) W*_s - 1.006 (t - t*)) / (2830 + 1.86 t - 2.1 t*)       t* < 0                    (5)
    """
    high = np.asarray(dry_bulb, dtype=float)
    low = np.minimum(np.asarray(dew_point, dtype=float), high)
    ratio = humidity_ratio(low, pressure)
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        above = _ratio_at(middle, dry_bulb, pressure) > ratio
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.asarray(0.5 * (low + high))


def _ratio_at(wet: Array, dry: Any, pressure: Any) -> Array:
    """Humidity ratio of air of dry bulb `dry` whose wet bulb is `wet`."""
    saturated = humidity_ratio(wet, pressure)
    t, t_wet = np.asarray(dry) - _FREEZING, wet - _FREEZING
    over_water = ((2501.0 - 2.326 * t_wet) * saturated - 1.006 * (t - t_wet)) / (2501.0 + 1.86 * t - 4.186 * t_wet)
    over_ice = ((2830.0 - 0.24 * t_wet) * saturated - 1.006 * (t - t_wet)) / (2830.0 + 1.86 * t - 2.1 * t_wet)
    return np.asarray(np.where(t_wet < 0.0, over_ice, over_water))


def _exponent(c: tuple[float, ...], t: Array, ln_t: Array) -> Array:
    return c[0] / t + c[1] + t * (c[2] + t * (c[3] + t * (c[4] + t * c[5]))) + c[6] * ln_t
