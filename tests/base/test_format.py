"""Numbers for people."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.format import (
    FAMILIES,
    format_alike,
    format_change,
    format_number,
    format_range,
    format_share,
    format_value,
    round_significant,
    scale_for,
)

DAY, KILOWATT_HOUR = 86_400.0, 3.6e6


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0382, "s", "38.2 ms"),
        (65, "s", "65 s"),
        (5 * 3600, "s", "5 h"),
        (54 * DAY, "s", "54 days"),
        (26 * 7 * DAY, "s", "26 weeks"),
        (999.9, "W", "1.00 kW"),
        (60e6, "W", "60 MW"),
        (59.98e6, "W", "60.0 MW"),
        (1.234e6, "USD", "$1.23 M"),
        (-3e6, "USD", "-$3 M"),
        (0.4321, "USD", "$0.432"),
        (16_384, "1", "16,384"),
        (15e12, "1", "15 T"),
        (0.07 / KILOWATT_HOUR, "USD/J", "$0.07/kWh"),
        (0.4 / KILOWATT_HOUR, "kgCO2e/J", "400 gCO2e/kWh"),
        (1.8e-3 / KILOWATT_HOUR, "m^3/J", "1.8 L/kWh"),
        (2500.0, "kgCO2e", "2.5 tCO2e"),
        (80e9, "B", "80 GB"),
        (3.35e12, "B/s", "3.35 TB/s"),
        (989e12, "FLOP/s", "989 TFLOP/s"),
        (3.8e25, "FLOP", "3.8 × 10²⁵ FLOP"),
        (300.15, "K", "27 °C"),
        (12.0, "K", "12 K"),
        (0.1234, "share", "12.3 %"),
        (4.5 * KILOWATT_HOUR, "J", "4.5 kWh"),
        (2.0, "furlong^2", "2 furlong²"),
        (-0.0, "W", "0 W"),
        (math.nan, "W", "–"),
        (math.inf, "s", "∞ s"),
    ],
)
def test_reads_as_people_write_it(value: float, unit: str, text: str) -> None:
    assert format_value(value, unit) == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (1.2e6, 1.54e6, "W", "1.20–1.54 MW"),
        (1.2e6, 1.54e6, "USD", "$1.20–1.54 M"),
        (0.04, 7200.0, "s", "40 ms to 2 h"),
        (5e6, 5e6, "W", "5 MW"),
        (1.5e6, 1.2e6, "W", "1.2–1.5 MW"),
        (math.nan, 5e6, "W", "5 MW"),
        (0.0675, 0.1125, "share", "6.75–11.2 %"),
        (-1.0, 2.0, "W", "-1 W to 2 W"),
    ],
)
def test_a_range_is_written_in_one_scale(low: float, high: float, unit: str, text: str) -> None:
    assert format_range(low, high, unit) == text


def test_values_side_by_side_share_a_scale_unless_it_hides_one() -> None:
    week = 7 * DAY
    assert format_alike([8 * week, 43.5 * week, 6 * week], "s") == ["8 weeks", "43.5 weeks", "6 weeks"]
    assert format_alike([43.5 * week, 3 * 3600.0, math.nan], "s") == ["43.5 weeks", "3 h", "–"]


def test_shares_and_changes() -> None:
    assert format_share(0.5) == "50 %"
    assert format_change(1.125) == "+12.5 %"
    assert format_change(0.97) == "-3 %"
    assert format_change(5.0) == "×5"
    assert format_change(1.0) == "same"
    assert format_change(math.nan) == "–"


@given(st.floats(allow_nan=True, allow_infinity=True), st.sampled_from(sorted(FAMILIES)))
def test_never_says_nan_or_minus_zero(value: float, unit: str) -> None:
    text = format_value(value, unit).lower()
    assert text
    assert "nan" not in text
    assert "inf" not in text
    assert not text.startswith(("-0 ", "-$0 "))
    assert text != "-0"


@given(st.floats(min_value=1e-15, max_value=1e21), st.sampled_from(sorted(FAMILIES)))
def test_the_number_shown_is_within_half_a_unit_of_its_third_digit(value: float, unit: str) -> None:
    scale = scale_for(value, unit)
    shown = scale.number(value).replace(",", "")
    if "×" in shown:
        mantissa, power = shown.split(" × 10")
        exponent = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
        shown = f"{mantissa}e{exponent}"
    scaled = value / scale.divisor - scale.offset
    assert float(shown) == pytest.approx(scaled, rel=5.01e-3, abs=1e-300)


@given(st.floats(min_value=1e-6, max_value=1e12))
def test_a_number_has_at_most_three_significant_digits(value: float) -> None:
    digits = format_number(value).split("×")[0].replace(",", "").replace(".", "").strip(" 0")
    assert len(digits) <= 3


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_keeps_three_digits(value: float) -> None:
    assert round_significant(value) == pytest.approx(value, rel=5.01e-3, abs=5e-324)
