import pytest

from rackwright.catalogue.loader import load_table
from rackwright.site.records import Climate, CoolingSpec, Location, SiteFacts, WeatherFacts

LOCATIONS = load_table("locations", Location)
CLIMATES = load_table("climates", Climate)
KWH = 3.6e6


def test_there_are_enough_places_and_every_one_has_its_climate():
    assert len(LOCATIONS) >= 30
    assert len(CLIMATES) >= 44
    assert [place for place in LOCATIONS.ids if LOCATIONS.text(place, "climate") not in CLIMATES] == []
    assert all(len(LOCATIONS.text(place, "country")) == 2 for place in LOCATIONS.ids)


@pytest.mark.parametrize("place", LOCATIONS.ids)
def test_a_place_is_plausible(place):
    here = LOCATIONS.one(place)
    assert 0.03 <= here.electricity_price * KWH <= 0.35
    assert 0.0 <= here.carbon_intensity * KWH <= 1.0
    assert 6.0 <= here.construction_cost <= 16.0
    assert 0.0 <= here.source_water * KWH * 1e3 <= 2.3
    assert 0.0 <= here.water_stress <= 1.0


@pytest.mark.parametrize(
    ("place", "grams"),
    [("stockholm-se", 2.73), ("the-dalles-or", 79.23), ("frankfurt-de", 275.82)],
)
def test_published_grid_intensities(place, grams):
    assert LOCATIONS.one(place).carbon_intensity * KWH * 1e3 == pytest.approx(grams)


@pytest.mark.parametrize(("place", "cost"), [("tokyo-jp", 15.2), ("singapore", 14.5), ("san-antonio-tx", 9.3)])
def test_published_construction_costs(place, cost):
    assert LOCATIONS.one(place).construction_cost == cost
    assert not LOCATIONS.fact(place, "construction_cost").default


def test_a_figure_of_elsewhere_is_marked():
    assert LOCATIONS.fact("oslo-no", "construction_cost").default
    assert LOCATIONS.fact("oslo-no", "interconnect_time").default


@pytest.mark.parametrize("climate", CLIMATES.ids)
def test_normals_are_in_order_and_extremes_beyond_them(climate):
    normals, record = CLIMATES.vectors[climate], CLIMATES.one(climate)
    assert {name: values.shape for name, values in normals.items()} == dict.fromkeys(normals, (12,))
    assert (normals["dew_point"] <= normals["daily_max"]).all()
    assert (normals["daily_min"] < normals["daily_max"]).all()
    assert record.extreme_dry_bulb - 273.15 > normals["daily_max"].max()
    assert record.extreme_wet_bulb < record.extreme_dry_bulb


def test_shares_of_construction_cost_add_up():
    table = load_table("site_facts", SiteFacts)
    for chain in table.ids:
        facts = table.one(chain)
        shares = [getattr(facts, name) for name in SiteFacts.__dataclass_fields__ if name.startswith("cost_")]
        assert sum(shares) == pytest.approx(1.0)


def test_every_number_has_a_source_and_a_grade():
    tables = [("climates", Climate), ("coolings", CoolingSpec), ("site_facts", SiteFacts), ("locations", Location)]
    for name, kind in [*tables, ("weather_facts", WeatherFacts)]:
        for fact in load_table(name, kind).facts.values():
            assert fact.source
            assert fact.grade
