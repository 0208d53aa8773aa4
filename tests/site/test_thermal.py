import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.units import to_si
from rackwright.catalogue.loader import load_table
from rackwright.site.records import CoolingSpec
from rackwright.site.thermal import coolant, liquid_share, supply_classes

SPECS = load_table("coolings", CoolingSpec)
MM2 = 1e-6


def fits(chip, cooling, facts):
    got = coolant(chip, SPECS.one(cooling), facts)
    return got.resistance <= got.required_resistance, float(got.supply) - to_si(0.0, "degC")


@pytest.mark.parametrize(
    ("tdp", "area", "cooling", "expected"),
    [
        (700.0, 814.0, "chilled-water-tower", True),  # DGX H100: air, inlet up to 30 degC
        (1000.0, 1628.0, "chilled-water-tower", True),  # DGX B200: air
        (1400.0, 1628.0, "chilled-water-tower", False),  # B300 at 1.4 kW: liquid only
        (1400.0, 1628.0, "direct-to-chip-dry", True),  # GB300
        (2300.0, 1660.0, "direct-to-chip-dry", True),  # Rubin class
        (2300.0, 1660.0, "immersion", False),
    ],
)
def test_what_is_shipped_fits_and_what_is_not_does_not(chip, facts, tdp, area, cooling, expected):
    assert fits(chip(tdp=tdp, die_area=area * MM2), cooling, facts)[0] is np.bool_(expected)


def test_blackwell_takes_the_45_degree_water_its_maker_states(chip, facts):
    # GB200 and GB300: inlet water up to 45 degC.
    for tdp in (1200.0, 1400.0):
        assert fits(chip(tdp=tdp, die_area=1628 * MM2), "direct-to-chip-dry", facts)[1] >= 45.0


def test_required_resistance_is_that_of_the_textbook(chip, facts):
    # 1.4 kW at 45 degC supply and 90 degC limit needs 0.032 K/W.
    got = coolant(chip(tdp=1400.0, die_area=1628 * MM2), SPECS.one("direct-to-chip-dry"), facts)
    at_45 = (facts.chip_limit - to_si(45.0, "degC")) / 1400.0
    assert at_45 == pytest.approx(0.0321, abs=1e-4)
    assert got.required_resistance == pytest.approx((facts.chip_limit - got.supply) / 1400.0)


@given(tdp=st.floats(200, 3000), more=st.floats(0, 500))
def test_a_hotter_chip_never_gets_warmer_coolant(chip, facts, tdp, more):
    for spec in (SPECS.one(name) for name in SPECS.ids):
        cool, hot = (coolant(chip(tdp=power), spec, facts) for power in (tdp, tdp + more))
        assert hot.supply <= cool.supply
        assert hot.warmest <= cool.warmest


def test_an_unknown_die_area_is_taken_from_the_power(chip, facts):
    unknown = coolant(chip(tdp=1000.0, die_area=math.nan), SPECS.one("direct-to-chip-dry"), facts)
    known = coolant(chip(tdp=1000.0, die_area=1000.0 * facts.area_per_power), SPECS.one("direct-to-chip-dry"), facts)
    assert unknown.resistance == pytest.approx(float(known.resistance))


def test_classes():
    celsius = [round(kelvin - 273.15) for kelvin in supply_classes(SPECS.one("direct-to-chip-dry"))]
    assert celsius == [30, 35, 40, 45, 50]
    assert [round(k - 273.15) for k in supply_classes(SPECS.one("air-chiller"))] == [18, 21, 24, 27]


@pytest.mark.parametrize(
    ("cooling", "machine", "expected"),
    [
        ("air-chiller", 0.85, 0.0),
        ("direct-to-chip-dry", 0.85, 0.85),
        ("direct-to-chip-dry", 0.0, 0.0),
        ("immersion", 0.0, 1.0),
    ],
)
def test_liquid_share(cooling, machine, expected):
    assert liquid_share(machine, SPECS.one(cooling)) == expected
