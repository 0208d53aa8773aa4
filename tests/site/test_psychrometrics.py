import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.site.psychrometrics import (
    dew_point_from_humidity,
    pressure_at,
    saturation_pressure,
    wet_bulb,
)

# Computed with psychrolib 2.5.0 (GetTWetBulbFromTDewPoint): dry bulb, dew point, elevation, wet bulb.
PSYCHROLIB = [
    (40.0, 20.0, 0.0, 25.5734),
    (30.0, 25.0, 0.0, 26.2521),
    (10.0, 5.0, 1829.0, 7.2256),
    (-5.0, -10.0, 0.0, -6.5762),
    (46.0, 2.0, 337.0, 19.9841),
    (25.0, 15.0, 1734.0, 18.0606),
]
ZERO = 273.15


@pytest.mark.parametrize(("dry", "dew", "elevation", "expected"), PSYCHROLIB)
def test_wet_bulb_agrees_with_psychrolib(dry, dew, elevation, expected):
    assert wet_bulb(dry + ZERO, dew + ZERO, pressure_at(elevation)) - ZERO == pytest.approx(expected, abs=1e-3)


def test_water_boils_at_the_pressure_of_the_standard_atmosphere():
    assert saturation_pressure(373.15) == pytest.approx(pressure_at(0.0), rel=2e-3)


@given(st.floats(-30, 48), st.floats(0, 40), st.floats(0, 2500))
def test_wet_bulb_lies_between_dew_point_and_dry_bulb(dry, depression, elevation):
    wet = wet_bulb(dry + ZERO, dry - depression + ZERO, pressure_at(elevation))
    assert dry - depression + ZERO - 1e-3 <= wet <= dry + ZERO + 1e-3


@given(st.floats(-20, 45), st.floats(0.05, 1.0))
def test_dew_point_gives_back_its_humidity(dry, humidity):
    dew = dew_point_from_humidity(dry + ZERO, humidity)
    assert saturation_pressure(dew) / saturation_pressure(dry + ZERO) == pytest.approx(humidity, rel=1e-3)


def test_arrays_give_what_numbers_give():
    dry, dew, elevation, _ = (np.array(column) for column in zip(*PSYCHROLIB, strict=True))
    pressure = np.array([pressure_at(float(z)) for z in elevation])
    block = wet_bulb(dry + ZERO, dew + ZERO, pressure)
    one = [wet_bulb(t + ZERO, d + ZERO, p) for t, d, p in zip(dry, dew, pressure, strict=True)]
    assert np.allclose(block, one, atol=1e-9)
