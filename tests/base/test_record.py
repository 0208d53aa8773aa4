"""Records, breakdowns, limits and facts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.breakdown import Breakdown
from rackwright.base.errors import DimensionError, Fault, InputError, UnknownNameError
from rackwright.base.facts import DEFAULT_SPREAD, GRADES
from rackwright.base.limit import Limit
from rackwright.base.record import Num, doc_of, field, fields_of, record, replace, unit_of
from rackwright.base.trace import Traced
from rackwright.base.units import dimension

amounts = st.floats(-1e9, 1e9)


@record
class Pump:
    """A record for these tests."""

    power: Num = field("W", "electrical power")
    name: str = field("", "what it is called", default="pump")


def test_a_record_is_frozen_and_keeps_plain_values_as_they_are():
    pump = Pump(power=3.0)
    assert pump.power == 3.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        pump.power = 4.0
    assert not hasattr(pump, "__dict__")


def test_a_traced_value_is_named_after_its_field():
    pump = Pump(power=Traced(3.0, dimension("W"), op="multiply"))
    assert pump.power.label == "Pump.power"


def test_a_traced_value_of_the_wrong_dimension_is_refused():
    with pytest.raises(DimensionError, match="Pump.power is declared in W"):
        Pump(power=Traced(3.0, dimension("J"), op="multiply"))


def test_a_bare_zero_fits_every_field():
    assert Pump(power=Traced(0.0, op="constant")).power.dimension == dimension("W")


def test_replace_changes_one_field():
    assert replace(Pump(power=3.0), power=4.0).power == 4.0
    assert replace(Pump(power=3.0, name="p"), power=4.0).name == "p"


def test_declarations_are_the_one_place_of_units():
    assert [f.name for f in fields_of(Pump)] == ["power", "name"]
    assert unit_of(Pump, "power") == "W"
    assert doc_of(Pump, "power") == "electrical power"
    with pytest.raises(AttributeError):
        unit_of(Pump, "colour")
    with pytest.raises(AttributeError):
        doc_of(Pump, "colour")


@given(st.dictionaries(st.text("abc/", min_size=1, max_size=4), amounts, max_size=6), amounts)
def test_parts_sum_to_the_whole_through_every_operation(parts, factor):
    whole = Breakdown("W", parts, "Power")
    assert whole.total == pytest.approx(sum(parts.values()), abs=1e-3)
    assert whole.top().total == pytest.approx(whole.total, abs=1e-3)
    assert whole.scaled(factor).total == pytest.approx(factor * whole.total, rel=1e-6, abs=1.0)
    assert whole.joined(whole).total == pytest.approx(2.0 * whole.total, abs=1e-3)
    assert whole.joined(whole.under("again")).total == pytest.approx(2.0 * whole.total, abs=1e-3)


def test_a_breakdown_groups_by_the_first_word():
    whole = Breakdown("USD", {"network/nics": 1.0, "network/switches": 2.0, "racks": 4.0}, "Price")
    assert dict(whole.top()) == {"network": 3.0, "racks": 4.0}
    assert whole.map(lambda part: part * 2.0) == {"network/nics": 2.0, "network/switches": 4.0, "racks": 8.0}
    assert "Price" in repr(whole)
    assert whole.scaled(2.0, unit="USD/s", title="Rate").unit == "USD/s"


def test_a_breakdown_of_traced_parts_checks_their_dimension():
    watt = Traced(2.0, dimension("W"), op="multiply")
    assert Breakdown("W", {"a": watt, "b": watt}, "Power").total.label == "Power"
    with pytest.raises(DimensionError):
        Breakdown("J", {"a": watt}, "Energy")


@given(amounts, st.floats(1e-3, 1e9))
def test_the_margin_of_a_ceiling_is_that_of_the_mirrored_floor(value, bound):
    ceiling, floor = Limit("x", "W", value, bound), Limit("x", "W", value, bound, floor=True)
    assert ceiling.margin == pytest.approx(-floor.margin)
    assert (ceiling.margin >= 0) == (value <= bound)
    assert ceiling.margin == pytest.approx((bound - value) / bound)


def test_margins_are_vectors_and_survive_a_bound_of_nought():
    limit = Limit("x", "W", np.array([[1.0], [3.0]]), 2.0)
    assert limit.margin.tolist() == [[0.5], [-0.5]]
    assert Limit("x", "W", 1.0, 0.0).margin < 0.0
    assert Limit("x", "W", 0.0, 0.0).margin == 0.0


def test_every_grade_has_a_spread():
    assert set(GRADES) == set(DEFAULT_SPREAD)


def test_faults_are_told_in_file_order_with_their_place():
    first, second = Fault("a.yaml", 1, 2, "bad", "try this"), Fault("a.yaml", 3, 1, "worse")
    error = InputError([second, first])
    assert error.faults == (first, second)
    assert str(error) == "a.yaml:1:2: bad (try this)\na.yaml:3:1: worse"
    assert str(Fault("a.yaml", 0, 0, "empty")) == "a.yaml: empty"


def test_unknown_names_without_a_neighbour():
    assert str(UnknownNameError("chip", "zzz", ["h100"])) == "unknown chip 'zzz'"
