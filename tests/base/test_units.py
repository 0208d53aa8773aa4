"""Units at the border."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base import units
from rackwright.base.errors import DimensionError


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("40 ms", "s", 0.04),
        ("3.35 TB/s", "B/s", 3.35e12),
        ("400 Gb/s", "B/s", 50e9),
        ("400 Gbit/s", "B/s", 50e9),
        ("80 GiB", "B", 80 * 2**30),
        ("989 TFLOP/s", "FLOP/s", 989e12),
        ("60 MW", "W", 60e6),
        ("1.5 L/min/kW", "m^3/J", 1.5e-3 / 60 / 1e3),
        ("0.05 USD/kWh", "USD/J", 0.05 / 3.6e6),
        ("300 gCO2e/kWh", "kgCO2e/J", 0.3 / 3.6e6),
        ("27 degC", "K", 300.15),
        ("5%", "1", 0.05),
        ("5 percent", "1", 0.05),
        ("3 weeks", "s", 3 * 7 * 86400),
        ("15T tokens", "1", 15e12),
        ("15T", "1", 15e12),
        ("1 B tokens", "1", 1e9),
        ("2e9 tokens/day", "1/s", 2e9 / 86400),
        ("10 requests/s", "1/s", 10.0),
        ("$5", "USD", 5.0),
        ("5 GUSD", "USD", 5e9),
        ("1,000,000 USD", "USD", 1e6),
        ("0.9", "1", 0.9),
        ("-40 degC", "K", 233.15),
    ],
)
def test_what_people_write(text, unit, value):
    assert units.parse(text, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("fast", "s", "is not a number"),
        ("", "s", "is not a number"),
        ("40", "s", "has no unit"),
        ("40 kg", "s", "a duration such as `s` is needed"),
        ("40 lightyears", "s", "is not a unit"),
        ("40 ms ms", "s", "is needed"),
        ("60 MW", "J", "an energy such as"),
        ("1 " + "x" * 5000, "s", "is not a number"),
        ("1 " + "(" * 90, "s", "is not a unit"),
        ("nan s", "s", "is not a number"),
        ("40 __import__('os')", "s", "is not a unit"),
        ("40 s/0", "s", "is not a unit"),
        ("40 s^(9^9^9)", "s", "is not a unit"),
        ("0/", "s", "is not a unit"),
    ],
)
def test_bad_input_is_one_dimension_error(text, unit, message):
    with pytest.raises(DimensionError, match=message):
        units.parse(text, unit)


@given(st.text(max_size=60), st.sampled_from(["s", "W", "B/s", "1", "USD"]))
def test_any_text_gives_a_number_or_a_dimension_error(text, unit):
    try:
        value = units.parse(text, unit)
    except DimensionError:
        return
    assert math.isfinite(value)


@given(st.from_regex(r"\A[0-9]{1,4}(\.[0-9]{1,3})?(e[0-9]{1,3})? ?[a-zA-Z0-9/*^%()., -]{0,12}\Z"))
def test_texts_that_look_like_quantities_give_a_number_or_a_dimension_error(text):
    try:
        value = units.parse(text, "W")
    except DimensionError:
        return
    assert math.isfinite(value)


@given(st.floats(-1e12, 1e12), st.sampled_from(["ms", "h", "kW", "GB/s", "degC", "USD/kWh", "L/min/kW", "Gb/s", "%"]))
def test_round_trip(number, unit):
    assert units.from_si(units.to_si(number, unit), unit) == pytest.approx(number, rel=1e-9, abs=1e-6)


@given(st.floats(1e-6, 1e6), st.sampled_from([("kW", "W"), ("TB", "GB"), ("h", "s"), ("MUSD", "USD")]))
def test_prefixes_scale(number, pair):
    larger, smaller = pair
    ratio = units.to_si(1.0, larger) / units.to_si(1.0, smaller)
    assert units.to_si(number, larger) == pytest.approx(ratio * units.to_si(number, smaller))


def test_money_bytes_operations_and_carbon_do_not_mix():
    several = [units.dimension(unit) for unit in ("USD", "B", "FLOP", "kgCO2e", "kg", "1")]
    assert len(set(several)) == len(several)


def test_dimensions_have_names_for_people():
    assert units.describe(units.dimension("kW")) == "power"
    assert units.describe(units.dimension("USD/s/m")) == "currency^1 length^-1 time^-1"


@pytest.mark.parametrize("text", ["inf s", "1e999 s", "1e308 TB", "9" * 310 + " s"])
def test_infinity_is_never_parsed(text):
    with pytest.raises(DimensionError):
        units.parse(text, "s")


def test_brackets_group():
    assert units.dimension("USD/(kW*month)") == units.dimension("USD/J")
