"""The loader turns away every kind of malformed record, and names all faults at once."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base import units
from rackwright.base.errors import CatalogueError, UnknownNameError
from rackwright.base.record import Num, field, record
from rackwright.catalogue.loader import build_table, load_table
from rackwright.catalogue.records import Accelerator


@record
class Pump:
    """A record for these tests."""

    power: Num = field("W", "power")
    share: Num = field("1", "share", optional=True)


def content(**changes):
    fact = {"value": 3, "unit": "kW", "low": 2, "high": 4, "source": "S", "grade": "measured"} | changes
    fact = {key: value for key, value in fact.items() if value is not None}
    return {"sources": {"S": "who, where"}, "as_of": "2026", "records": [{"id": "a", "facts": {"power": fact}}]}


def test_a_good_record_is_read_in_si():
    table = build_table("pumps", Pump, content())
    fact = table.fact("a", "power")
    assert (fact.low, fact.value, fact.high) == (2000.0, 3000.0, 4000.0)
    assert fact.key == "pumps.a.power"
    assert fact.source == "S: who, where"
    assert fact.as_of == "2026"
    assert table.one("a").power == 3000.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": None}, "is not declared"),
        ({"source": "T"}, "'T' is not declared"),
        ({"grade": None}, "grade '' is none of"),
        ({"grade": "certain"}, "grade 'certain' is none of"),
        ({"unit": "kg"}, "is not a unit of power"),
        ({"unit": "flops per fortnight"}, "is not a unit"),
        ({"value": None}, "'value'"),
        ({"value": "many"}, "could not convert"),
        ({"value": float("nan"), "low": None, "high": None}, "does not hold the value"),
        ({"value": float("inf"), "low": None, "high": None}, "does not hold the value"),
        ({"low": 3.5}, "range 3500..4000 does not hold the value 3000"),
        ({"high": 2.5}, "does not hold the value"),
        ({"valeu": 3}, "unknown key 'valeu'"),
    ],
)
def test_a_malformed_fact_is_refused(changes, message):
    with pytest.raises(CatalogueError, match=message):
        build_table("pumps", Pump, content(**changes))


def test_a_fact_that_is_no_mapping_is_refused():
    broken = content()
    broken["records"][0]["facts"]["power"] = 3
    with pytest.raises(CatalogueError, match="a mapping with value"):
        build_table("pumps", Pump, broken)


def test_missing_and_unknown_fields_and_ids_are_refused_together():
    broken = content()
    first = broken["records"][0]
    first["facts"]["colour"] = first["facts"].pop("power")
    broken["records"] += [copy.deepcopy(first), {"facts": {}}]
    with pytest.raises(CatalogueError) as caught:
        build_table("pumps", Pump, broken)
    text = str(caught.value)
    assert "pumps.a.colour: no such field" in text
    assert "pumps.a.power: missing" in text
    assert "record id 'a' is missing or repeated" in text
    assert "record id '' is missing or repeated" in text


def test_an_undisclosed_record_may_leave_everything_out():
    empty = {"sources": {}, "records": [{"id": "a", "text": {"status": "undisclosed"}}]}
    table = build_table("pumps", Pump, empty)
    assert table.one("a").power != table.one("a").power


def test_a_range_is_added_by_grade_when_none_is_stated():
    fact = build_table("pumps", Pump, content(low=None, high=None, grade="memory")).fact("a", "power")
    assert (fact.low, fact.high) == (pytest.approx(2400.0), pytest.approx(3600.0))
    assert not fact.ranged


def test_the_nearest_names_are_offered():
    with pytest.raises(UnknownNameError, match="h100-sxm"):
        load_table("accelerators", Accelerator).one("h100-smx")


@given(st.floats(1e-3, 1e6), st.sampled_from(["W", "kW", "MW", "GW"]))
def test_written_unit_and_si_round_trip(value, unit):
    table = build_table("pumps", Pump, content(value=value, unit=unit, low=None, high=None))
    fact = table.fact("a", "power")
    assert units.from_si(fact.value, fact.written_unit) == pytest.approx(value, rel=1e-12)
