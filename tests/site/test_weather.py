import numpy as np
import pytest

from rackwright.base.errors import UnknownNameError
from rackwright.base.units import to_si
from rackwright.catalogue.loader import load_table
from rackwright.site.records import Climate
from rackwright.site.weather import climate_weather

CLIMATES = load_table("climates", Climate)
MONTHS = np.repeat(np.arange(12), [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@pytest.mark.parametrize("climate", CLIMATES.ids)
def test_a_year_has_its_hours_and_keeps_their_order(climate):
    weather = climate_weather(climate)
    assert weather.dry_bulb.shape == weather.dew_point.shape == weather.wet_bulb.shape == (8760,)
    assert np.all(weather.dew_point <= weather.wet_bulb + 1e-3)
    assert np.all(weather.wet_bulb <= weather.dry_bulb + 1e-3)


@pytest.mark.parametrize("climate", ["phoenix-az", "singapore-sg", "lulea-se"])
def test_a_year_gives_back_its_normals(climate):
    # Interpolating between the middles of months rounds the yearly curve, extremes cut it: by less than 1.5 K.
    days = np.asarray(climate_weather(climate).dry_bulb).reshape(365, 24)
    for name, daily in (("daily_max", days.max(axis=1)), ("daily_min", days.min(axis=1))):
        monthly = [daily[month == MONTHS].mean() - to_si(0.0, "degC") for month in range(12)]
        assert np.allclose(monthly, CLIMATES.vectors[climate][name], atol=1.5)


def test_a_year_is_the_same_every_time():
    # The stream of the generator is frozen: this number holds in every version of NumPy.
    assert float(np.sum(climate_weather("phoenix-az").dry_bulb)) == pytest.approx(8760 * 296.9687317, rel=1e-9)
    again = climate_weather.__wrapped__("phoenix-az")
    assert np.array_equal(again.dry_bulb, climate_weather("phoenix-az").dry_bulb)


def test_the_design_hour_is_that_of_the_climate():
    weather = climate_weather("phoenix-az")
    assert weather.extreme_dry_bulb == pytest.approx(to_si(44.4, "degC"))
    assert weather.extreme_dry_bulb >= np.max(weather.dry_bulb)
    assert weather.extreme_wet_bulb >= np.max(weather.wet_bulb)


def test_thinning_keeps_every_hour_of_the_day():
    thin = climate_weather("phoenix-az").thinned(7)
    hours = np.arange(0, 8760, 7) % 24
    assert thin.dry_bulb.size == hours.size
    assert set(hours) == set(range(24))
    assert np.mean(thin.dry_bulb) == pytest.approx(np.mean(climate_weather("phoenix-az").dry_bulb), abs=0.1)


def test_an_unknown_climate_names_the_nearest():
    with pytest.raises(UnknownNameError, match="phoenix-az"):
        climate_weather("phoenix")
