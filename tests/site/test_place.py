import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.record import fields_of, replace
from rackwright.base.trace import Traced, gradient
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.records import Accelerator
from rackwright.performance.records import Fleet
from rackwright.site.place import load_moments, place
from rackwright.site.records import CoolingSpec, Location, Site, SiteFacts
from rackwright.site.thermal import coolant, liquid_share
from rackwright.site.weather import climate_weather
from rackwright.site.year import facility_year
from rackwright.system.records import Cluster

COOLINGS = load_table("coolings", CoolingSpec)
LOCATIONS = load_table("locations", Location)
FACTS = load_table("site_facts", SiteFacts)


def settle(cluster, fleet, chip, cooling="direct-to-chip-dry", location="dallas-tx", facts=None):
    facts = facts or FACTS.one("rack-battery")
    spec = COOLINGS.one(cooling)
    got = coolant(chip, spec, facts)
    weather = climate_weather(LOCATIONS.text(location, "climate")).thinned(7)
    year = facility_year(weather, cooling, got.supply, liquid_share(cluster.liquid_share, spec), facts)
    return place(cluster, fleet, year, LOCATIONS.one(location), got, spec, facts)


def broken(site):
    return {limit.name for limit in site.limits if limit.margin < 0.0}


@pytest.mark.parametrize("cooling", COOLINGS.ids)
def test_power_is_conserved_from_grid_to_it(cluster, fleet, chip, cooling):
    site = settle(cluster(liquid_share=0.85), fleet(), chip(), cooling)
    assert site.power["IT"] == pytest.approx(cluster().power_mean)
    assert site.power.total == pytest.approx(float(site.facility_power))
    assert site.pue == pytest.approx(float(site.power.total / site.power["IT"]))
    assert site.energy == pytest.approx(float(site.facility_power) * 365.25 * 86400.0)
    assert site.tue > site.pue > 1.0
    assert site.feeder_power > site.facility_power


def test_doubling_the_cluster_doubles_what_adds_up(cluster, fleet, chip):
    twice = {name: 2.0 * getattr(cluster(), name) for name in
             ("power_rated", "power_peak", "power_mean", "power_idle", "power_transient")}  # fmt: skip
    one, two = settle(cluster(), fleet(), chip()), settle(cluster(**twice), fleet(), chip())
    for name in ("facility_power", "feeder_power", "energy", "water_site", "water_source"):
        assert getattr(two, name) == pytest.approx(2.0 * float(getattr(one, name)))
    assert two.construction.total == pytest.approx(2.0 * float(one.construction.total))
    for name in ("pue", "pue_peak", "wue", "tue"):
        assert getattr(two, name) == pytest.approx(float(getattr(one, name)))


def test_construction_is_cost_times_rated_power_with_premium(cluster, fleet, chip, facts):
    site = settle(cluster(), fleet(), chip(), "chilled-water-tower", "san-antonio-tx")
    assert site.construction.total == pytest.approx(9.3 * 1.3e6 * (1.0 + facts.ai_premium))
    assert site.construction["power and cooling"] / site.construction.total == pytest.approx(0.53)


@given(square=st.floats(1.0, 2.0), more=st.floats(0.0, 1.0), idle=st.floats(0.0, 0.69))
def test_moments_are_those_of_a_load_that_exists(cluster, fleet, square, more, idle):
    # E[l^2] >= E[l]^2 and E[l] E[l^3] >= E[l^2]^2 hold for every load; s_3 >= s_2^2 says that x is one.
    shape = fleet(load_square=square, load_cube=square**2 * (1.0 + more))
    moments = load_moments(cluster(power_idle=idle * 1e6), shape)
    assert moments["square"] >= moments["linear"] ** 2 - 1e-12
    assert moments["linear"] * moments["cube"] >= moments["square"] ** 2 - 1e-9


def test_moments_of_a_load_curve(cluster, fleet):
    x = np.array([0.2, 0.4, 0.9, 1.0])
    shape = x / x.mean()
    idle, mean, rated = 0.3e6, 0.7e6, 1.3e6
    load = (idle + (mean - idle) * shape) / rated
    moments = load_moments(cluster(), fleet(load_square=float(np.mean(shape**2)), load_cube=float(np.mean(shape**3))))
    for law, power in (("linear", 1), ("square", 2), ("cube", 3)):
        assert moments[law] == pytest.approx(float(np.mean(load**power)))


def test_an_idling_ups_raises_pue_at_low_load(cluster, fleet, chip):
    facts = FACTS.one("double-conversion-2n")
    low, high = (
        settle(cluster(power_mean=mean, power_idle=mean), fleet(), chip(), "chilled-water-tower", facts=facts)
        for mean in (0.3e6, 1.0e6)
    )
    assert low.pue > high.pue


def test_the_feeder_carries_the_share_of_transients_that_is_not_smoothed(cluster, fleet, chip, facts):
    steady = settle(cluster(power_transient=1.0e6), fleet(), chip())
    swinging = settle(cluster(), fleet(), chip())
    assert swinging.feeder_power - steady.feeder_power == pytest.approx(facts.transient_share * 0.4e6)


@pytest.mark.parametrize(
    ("changes", "cooling", "location", "expected"),
    [
        ({}, "chilled-water-tower", "dallas-tx", set()),
        ({"rack_power": 60e3}, "chilled-water-tower", "dallas-tx", {"heat of a rack"}),
        ({"rack_power": 132e3, "liquid_share": 0.85}, "direct-to-chip-dry", "dallas-tx", set()),
        ({"liquid_share": 0.85}, "chilled-water-tower", "dallas-tx", {"liquid or air to take the heat"}),
        ({"liquid_share": 0.85}, "immersion", "dallas-tx", {"liquid or air to take the heat"}),
        ({}, "direct-to-chip-dry", "dallas-tx", {"liquid or air to take the heat"}),
        ({}, "immersion", "dallas-tx", set()),
        ({}, "direct-evaporative", "singapore", {"hours above the dew-point limit"}),
        ({}, "direct-evaporative", "frankfurt-de", set()),
    ],
)
def test_limits(cluster, fleet, chip, changes, cooling, location, expected):
    assert broken(settle(cluster(**changes), fleet(), chip(), cooling, location)) == expected


def test_a_chip_too_hot_for_air_breaks_its_limit(cluster, fleet, chip):
    site = settle(cluster(), fleet(), chip(tdp=1800.0), "chilled-water-tower")
    assert broken(site) == {"chip thermal resistance"}


def test_water_at_the_source_follows_the_grid(cluster, fleet, chip):
    site = settle(cluster(), fleet(), chip(), "air-chiller")
    assert site.water_site == 0.0
    assert site.water_source == pytest.approx(float(site.energy) * LOCATIONS.one("dallas-tx").source_water)


def test_dimensions_and_derivatives(cluster, fleet, chip, facts, traced_sample):
    made = FACTS.traced().one("rack-battery")
    spec, location = COOLINGS.traced().one("direct-to-chip-tower"), LOCATIONS.traced().one("phoenix-az")
    traced = traced_sample(Cluster, liquid_share=0.85)
    got = coolant(traced_sample(Accelerator), spec, made)
    weather = climate_weather("phoenix-az").thinned(7)
    year = facility_year(weather, "direct-to-chip-tower", got.supply, liquid_share(traced.liquid_share, spec), made)
    site = place(traced, traced_sample(Fleet), year, location, got, spec, made)
    assert all(isinstance(getattr(site, f.name), Traced) for f in fields_of(Site) if f.metadata["unit"])
    slopes = gradient(site.energy)
    assert {"Cluster.power_mean", "site_facts.rack-battery.loop_pumps"} <= set(slopes)

    def energy(pumps):
        changed = replace(facts, loop_pumps=pumps)
        liquid = cluster(liquid_share=0.85)
        return settle(liquid, fleet(), chip(), "direct-to-chip-tower", "phoenix-az", changed).energy

    step = 1e-6
    difference = (energy(facts.loop_pumps + step) - energy(facts.loop_pumps - step)) / (2.0 * step)
    assert float(slopes["site_facts.rack-battery.loop_pumps"][1]) == pytest.approx(float(difference), rel=1e-4)


def test_a_block_of_designs_agrees_with_single_ones(cluster, fleet, chip, facts):
    codes = np.array([[0], [4], [6]])
    shares = np.array([[0.0], [0.85], [0.0]])
    block = cluster(liquid_share=shares, rack_power=np.full((3, 1), 40e3))
    spec = COOLINGS.take(codes)
    got = coolant(chip(), spec, facts)
    weather = climate_weather("dallas-tx").thinned(7)
    for row, code in enumerate(codes[:, 0]):
        name = COOLINGS.ids[code]
        single = settle(cluster(liquid_share=float(shares[row, 0])), fleet(), chip(), name)
        year = facility_year(weather, name, got.supply, liquid_share(block.liquid_share, spec), facts)
        site = place(block, fleet(), year, LOCATIONS.one("dallas-tx"), got, spec, facts)
        assert site.pue[row, 0] == pytest.approx(float(single.pue))
        assert site.limits[0].margin[row, 0] == pytest.approx(float(single.limits[0].margin))
