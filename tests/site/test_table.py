import numpy as np
import pytest

from rackwright.base.errors import UnknownNameError
from rackwright.base.trace import Traced
from rackwright.catalogue.loader import load_table
from rackwright.site.records import CoolingSpec, SiteFacts
from rackwright.site.table import facility_years
from rackwright.site.thermal import supply_classes
from rackwright.site.weather import climate_weather
from rackwright.site.year import facility_year

SPECS = load_table("coolings", CoolingSpec)
FACTS = load_table("site_facts", SiteFacts)
PLAIN = FACTS.one("rack-battery")
NAMES = ("air-chiller", "direct-to-chip-dry")
PLACES = ("sterling-va", "singapore-sg")


@pytest.fixture(scope="module")
def weathers():
    return {name: climate_weather(name).thinned(7) for name in PLACES}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", NAMES)
def test_a_row_is_the_year_it_stands_for(weathers, place, name):
    table = facility_years(weathers, NAMES, PLAIN, SPECS)
    for index, supply in enumerate(supply_classes(SPECS.one(name))):
        taken = table.take(table.code(place, name, float(index)), 0.8)
        year = facility_year(weathers[place], name, supply, 0.8, PLAIN)
        for field in ("fixed", "linear", "square", "cube", "peak", "water", "trim_hours"):
            assert float(getattr(taken, field)) == pytest.approx(float(getattr(year, field)))


def test_codes_of_a_block_take_their_rows(weathers):
    table = facility_years(weathers, NAMES, PLAIN, SPECS)
    places, kinds = np.array([[0], [1], [1]]), np.array([[1], [0], [1]])
    block = table.take(table.code(places, kinds, np.array([[2.0], [3.0], [4.0]])), np.array([[0.8], [0.0], [1.0]]))
    assert block.linear.shape == (3, 1)
    last = table.take(table.code("singapore-sg", "direct-to-chip-dry", 4.0), 1.0)
    assert block.linear[2, 0] == pytest.approx(float(last.linear))


def test_sampled_and_traced_facts_make_a_table_too(weathers):
    sampled = facility_years(weathers, NAMES, FACTS.sampled(5, 0).one("rack-battery"), SPECS)
    code = sampled.code(np.array([[0], [1]]), 1, np.array([[2.0], [2.0]]))
    assert sampled.take(code, 0.8).linear.shape == (2, 5)
    traced = facility_years({PLACES[0]: weathers[PLACES[0]]}, NAMES, FACTS.traced().one("rack-battery"), SPECS)
    year = traced.take(traced.code(PLACES[0], "direct-to-chip-dry", 2.0), 0.8)
    assert isinstance(year.linear, Traced)
    plain = facility_year(weathers[PLACES[0]], "direct-to-chip-dry", supply_classes(SPECS.one(NAMES[1]))[2], 0.8, PLAIN)
    assert float(year.linear) == pytest.approx(float(plain.linear))


def test_a_class_that_varies_with_the_sample_takes_the_cell_of_that_sample(weathers):
    table = facility_years(weathers, NAMES, FACTS.sampled(3, 0).one("rack-battery"), SPECS)
    classes = np.array([[0.0, 2.0, 4.0], [4.0, 4.0, 0.0]])
    mixed = table.take(table.code("singapore-sg", NAMES[1], classes), 1.0)
    for index in (0, 2, 4):
        whole = table.take(table.code("singapore-sg", NAMES[1], np.full((2, 1), index)), 1.0)
        held = classes == index
        assert np.allclose(mixed.linear[held], whole.linear[held], rtol=0.0, atol=0.0)


def test_what_was_not_asked_for_is_not_there(weathers):
    table = facility_years(weathers, NAMES, PLAIN, SPECS)
    with pytest.raises(UnknownNameError, match="climate"):
        table.code("oslo-no", "air-chiller", 0.0)
    with pytest.raises(UnknownNameError, match="cooling"):
        table.code("sterling-va", "immersion", 0.0)
