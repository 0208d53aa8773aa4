import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.errors import UnknownNameError
from rackwright.base.record import fields_of, replace
from rackwright.base.trace import Traced, gradient
from rackwright.catalogue.loader import load_table
from rackwright.site.cooling import strategies
from rackwright.site.power_chain import electrical_losses
from rackwright.site.records import CoolingSpec, FacilityYear, SiteFacts, Weather
from rackwright.site.weather import climate_weather
from rackwright.site.year import LAWS, by_law, facility_year

HERE = Path(__file__).parent
TABLE = load_table("site_facts", SiteFacts)
FACTS = TABLE.one("rack-battery")
ZERO = 273.15
LITRES_PER_KWH = 3.6e9
COOLINGS = strategies()


def rows(name):
    with (HERE / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def warmer(weather, kelvin):
    """The same air warmed without adding vapour; the wet bulb rises by about a third."""
    return replace(
        weather,
        dry_bulb=weather.dry_bulb + kelvin,
        wet_bulb=weather.wet_bulb + kelvin / 3.0,
        extreme_dry_bulb=weather.extreme_dry_bulb + kelvin,
        extreme_wet_bulb=weather.extreme_wet_bulb + kelvin / 3.0,
    )


def test_every_cooling_of_the_catalogue_is_a_strategy_and_the_other_way_round():
    assert set(load_table("coolings", CoolingSpec).ids) == set(COOLINGS)
    with pytest.raises(UnknownNameError, match="rear-door"):
        facility_year(climate_weather("phoenix-az"), "rear-doors", 300.0, 0.0, FACTS)


@pytest.mark.parametrize("row", rows("annual_results.csv"), ids=lambda r: f"{r['climate']}-{r['cooling']}")
def test_annual_results_of_nine_places(row, constant_overhead):
    # Published hourly results on real weather at full load, electrical overhead 3.5 %: PUE and water of seven designs.
    year = facility_year(
        climate_weather(row["climate"]),
        row["cooling"],
        float(row["supply_degc"]) + ZERO,
        float(row["liquid_share"]),
        constant_overhead(0.035),
    )
    assert 1.0 + year.parts.total == pytest.approx(float(row["pue"]), abs=0.008)
    assert year.water * LITRES_PER_KWH == pytest.approx(float(row["wue_l_per_kwh"]), rel=0.05, abs=0.025)


@pytest.mark.parametrize("row", rows("trim_hours.csv"), ids=lambda r: f"{r['climate']}-{r['supply_degc']}")
def test_trim_hours_of_twelve_places(row):
    # Monthly normals know no heat waves and no calm summers: 15 % or 130 hours off the hourly record.
    year = facility_year(
        climate_weather(row["climate"]), "direct-to-chip-dry", float(row["supply_degc"]) + ZERO, 1.0, FACTS
    )
    assert year.trim_hours == pytest.approx(float(row["hours"]), rel=0.15, abs=130)


def test_nrel_esif(constant_overhead):
    # Golden, Colorado: warm-water liquid with towers and no chiller, annual PUE 1.036, electrical overhead 1 %.
    year = facility_year(
        climate_weather("golden-co"), "direct-to-chip-tower", 35.0 + ZERO, 1.0, constant_overhead(0.01)
    )
    assert 1.0 + year.parts.total == pytest.approx(1.036, abs=0.01)
    assert year.trim_hours == 0.0


@pytest.mark.parametrize(
    ("cooling", "supply", "published"),
    [("air-chiller", 25.0, 1.43), ("direct-to-chip-dry", 35.0, 1.28), ("direct-to-chip-dry", 45.0, 1.19)],
)
def test_worst_hour_in_phoenix(cooling, supply, published, constant_overhead):
    share = 0.0 if cooling == "air-chiller" else 0.85
    year = facility_year(climate_weather("phoenix-az"), cooling, supply + ZERO, share, constant_overhead(0.035))
    assert 1.0 + year.peak == pytest.approx(published, abs=0.02)


@pytest.mark.parametrize("cooling", COOLINGS)
def test_parts_sum_to_the_whole(cooling):
    year = facility_year(climate_weather("dallas-tx"), cooling, 300.0, 0.6, FACTS)
    assert sum(getattr(year, law) for law in LAWS) == pytest.approx(float(year.parts.total))
    assert sum(by_law(year.parts_peak).values()) == pytest.approx(float(year.peak))
    assert year.peak >= year.parts.total
    assert all(part >= 0.0 for part in year.parts.values())


@pytest.mark.parametrize("cooling", ["chilled-water-tower", "rear-door", "direct-to-chip-tower"])
def test_a_tower_rejects_the_heat_of_it_fans_pumps_and_compressors(cooling):
    # With one evaporated share the water tells how much heat left: IT and all power put into the loops.
    facts = replace(FACTS, evaporated_share=0.8, evaporated_slope=0.0)
    year = facility_year(climate_weather("dallas-tx"), cooling, 300.0, 1.0, facts)
    electrical = electrical_losses(facts).total
    top = year.parts.top()
    inside = year.parts.total - electrical - top["outdoor fans"]
    blow_down = 1.0 + 1.0 / (facts.cycles - 1.0)
    rejected = year.water * facts.latent_heat * facts.water_density / (0.8 * blow_down)
    assert rejected == pytest.approx(1.0 + inside, rel=1e-9)


@pytest.mark.parametrize("cooling", ["air-chiller", "direct-to-chip-dry", "immersion"])
def test_dry_cooling_uses_no_water(cooling):
    assert facility_year(climate_weather("phoenix-az"), cooling, 310.0, 1.0, FACTS).water == 0.0


@given(cooling=st.sampled_from(COOLINGS), supply=st.floats(16, 50), kelvin=st.floats(0, 8))
def test_a_warmer_climate_never_lowers_overhead(cooling, supply, kelvin):
    weather = climate_weather("sterling-va").thinned(7)
    cold = facility_year(weather, cooling, supply + ZERO, 0.8, FACTS)
    hot = facility_year(warmer(weather, kelvin), cooling, supply + ZERO, 0.8, FACTS)
    assert hot.parts.total >= cold.parts.total - 1e-12
    assert hot.peak >= cold.peak - 1e-12
    assert hot.trim_hours >= cold.trim_hours


@given(cooling=st.sampled_from(COOLINGS), supply=st.floats(16, 45), kelvin=st.floats(0, 8))
def test_warmer_supply_never_needs_more_trim(cooling, supply, kelvin):
    weather = climate_weather("singapore-sg").thinned(7)
    cold, warm = (facility_year(weather, cooling, supply + k + ZERO, 0.8, FACTS) for k in (0.0, kelvin))
    assert warm.trim_hours <= cold.trim_hours
    assert warm.parts.total <= cold.parts.total + 1e-12


@given(share=st.floats(0, 1))
def test_a_hybrid_is_the_mix_of_its_paths(share):
    weather = climate_weather("tokyo-jp").thinned(7)
    liquid, mixed, air = (facility_year(weather, "direct-to-chip-tower", 308.0, s, FACTS) for s in (1.0, share, 0.0))
    for name in ("peak", "water", "trim_hours", "linear"):
        assert getattr(mixed, name) == pytest.approx(
            share * getattr(liquid, name) + (1.0 - share) * getattr(air, name), abs=1e-12
        )


def test_fans_and_pumps_keep_their_turn_down_without_load():
    year = facility_year(climate_weather("dallas-tx"), "chilled-water-tower", 298.0, 0.0, FACTS)
    assert year.parts["air fans/fixed"] == pytest.approx(FACTS.fan_turndown * FACTS.air_handler_fan)
    assert year.parts["pumps/fixed"] == pytest.approx(FACTS.pump_turndown * FACTS.chilled_pumps)


def test_designs_samples_and_numbers_agree():
    weather = climate_weather("dallas-tx").thinned(7)
    supplies = np.array([[300.0], [308.0], [318.0]])
    block = facility_year(weather, "direct-to-chip-dry", supplies, 0.85, FACTS)
    sampled = replace(FACTS, dry_approach=np.array([6.0, FACTS.dry_approach, 12.0]))
    spread = facility_year(weather, "direct-to-chip-dry", supplies, 0.85, sampled)
    assert block.linear.shape == (3, 1)
    assert spread.linear.shape == (3, 3)
    for row, supply in enumerate(supplies[:, 0]):
        one = facility_year(weather, "direct-to-chip-dry", float(supply), 0.85, FACTS)
        assert block.linear[row, 0] == pytest.approx(float(one.linear))
        assert spread.linear[row, 1] == pytest.approx(float(one.linear))
    assert np.all(np.diff(spread.linear, axis=1) >= 0.0)


@pytest.mark.parametrize("cooling", COOLINGS)
def test_dimensions_and_derivatives(cooling):
    weather = climate_weather("dallas-tx").thinned(7)
    traced = TABLE.traced().one("rack-battery")
    year = facility_year(weather, cooling, 301.0, 0.7, traced)
    assert all(isinstance(getattr(year, f.name), Traced) for f in fields_of(FacilityYear) if f.metadata["unit"])
    slopes = gradient(year.parts.total)
    plain = facility_year(weather, cooling, 301.0, 0.7, FACTS)
    assert float(year.parts.total) == pytest.approx(float(plain.parts.total))
    for name in ("air_handler_fan", "loop_pumps", "condenser_lift", "dry_approach", "tower_approach", "economiser_fan"):
        step = 1e-5 * getattr(FACTS, name)
        high, low = (
            facility_year(weather, cooling, 301.0, 0.7, replace(FACTS, **{name: getattr(FACTS, name) + sign * step}))
            for sign in (1.0, -1.0)
        )
        difference = float(high.parts.total - low.parts.total) / (2.0 * step)
        slope = slopes.get(f"site_facts.rack-battery.{name}", (None, 0.0))[1]
        assert float(slope) == pytest.approx(difference, rel=1e-3, abs=1e-7)


def test_weather_is_a_record_in_kelvin():
    assert {f.metadata["unit"] for f in fields_of(Weather)} == {"K"}
