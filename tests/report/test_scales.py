"""Axes, labels and colours: round ticks, text that fits, hues that all eyes tell apart."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.report.svg.palette import DARK, HUES, LIGHT, style_sheet
from rackwright.report.svg.scale import linear_axis, log_axis, nice_ticks
from rackwright.report.svg.text import Box, fit, place_beside, spread, text_width, wrap


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_evenly_spaced_and_within(low: float, span: float) -> None:
    ticks = nice_ticks(low, low + span, 5)
    steps = [later - earlier for earlier, later in zip(ticks, ticks[1:], strict=False)]
    assert 1 <= len(ticks) <= 7
    assert all(low - 1e-6 * span <= tick <= low + span * (1 + 1e-6) for tick in ticks)
    assert all(step == pytest.approx(steps[0], rel=1e-3) for step in steps)


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=8), st.sampled_from(["1", "W", "s", "USD", "K"]))
def test_a_linear_axis_covers_its_values_in_order(values: list[float], unit: str) -> None:
    axis = linear_axis(values, unit, (10.0, 400.0))
    pixels = [axis.at(value) for value in sorted(values)]
    assert all(9.999 <= pixel <= 400.001 for pixel in pixels)
    assert pixels == sorted(pixels)
    assert axis.low < axis.high


@given(st.lists(st.floats(1e-9, 1e15), min_size=1, max_size=8))
def test_a_logarithmic_axis_gives_equal_steps_to_equal_ratios(values: list[float]) -> None:
    axis = log_axis(values, "W", (0.0, 300.0))
    assert all(0.0 <= axis.at(value) <= 300.0 for value in values)
    middle = axis.at(math.sqrt(axis.low * axis.high) * axis.scale.divisor)
    assert middle == pytest.approx(150.0, abs=1e-6)


def test_ticks_are_round_in_the_unit_shown() -> None:
    axis = linear_axis([0.0, 46 * 604_800.0], "s", (0.0, 100.0))
    assert [axis.label(tick) for tick in axis.ticks(5)] == [f"{weeks} weeks" for weeks in (0, 10, 20, 30, 40, 50)]
    fine = linear_axis([1.0, 1.1], "1", (0.0, 100.0), zero=False)
    labels = [fine.label(tick) for tick in fine.ticks(5)]
    assert len(set(labels)) == len(labels)


@given(st.text(max_size=60), st.floats(0, 400), st.floats(8, 20))
def test_shortened_text_fits(text: str, room: float, size: float) -> None:
    shown = fit(text, room, size)
    assert text_width(shown, size) <= room + 1e-6 or not shown
    for line in wrap(text, room, size, 3):
        assert text_width(line, size) <= room + 1e-6


def test_text_that_fits_is_left_alone() -> None:
    assert fit("NVLink switch tray", 400.0) == "NVLink switch tray"
    assert fit("NVLink switch tray", 60.0).endswith("…")
    assert wrap("CPUs and memory", 70.0) == ["CPUs and", "memory"]


@given(st.lists(st.floats(0, 300), min_size=1, max_size=20), st.floats(1, 12))
def test_spread_labels_keep_their_distance(positions: list[float], gap: float) -> None:
    placed = spread(sorted(positions), gap, 0.0, 300.0)
    assert all(0.0 <= place <= 300.0 for place in placed)
    assert all(later - earlier >= gap - 1e-6 for earlier, later in zip(placed, placed[1:], strict=False))


def test_a_label_avoids_what_is_there() -> None:
    frame = Box(0.0, 0.0, 200.0, 100.0)
    first = place_beside(100.0, 50.0, 40.0, [], frame)
    assert first is not None
    second = place_beside(100.0, 50.0, 40.0, [first], frame)
    assert second is not None
    assert not second.touches(first)
    assert place_beside(100.0, 50.0, 40.0, [frame], frame) is None


# Machado, Oliveira, Fernandes, "A physiologically-based model for simulation of color vision deficiency", 2009:
# matrices for full protanopia and deuteranopia in linear RGB.
SIGHTS = {
    "usual": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "red-blind": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "green-blind": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
}


def linear(colour: str) -> list[float]:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]


def luminance(colour: str) -> float:
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def lab(colour: str, sight: str) -> list[float]:
    seen = [sum(a * b for a, b in zip(row, linear(colour), strict=True)) for row in SIGHTS[sight]]
    red, green, blue = (min(max(share, 0.0), 1.0) for share in seen)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116 for share in (x, y, z))
    return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_hues_differ_for_every_sight(theme: dict[str, str], sight: str) -> None:
    colours = [lab(theme[name], sight) for name in HUES]
    distances = {
        (HUES[i], HUES[j]): math.dist(colours[i], colours[j]) for i, j in itertools.combinations(range(len(HUES)), 2)
    }
    assert min(distances.values()) > 14.0, distances


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_contrast(theme: dict[str, str]) -> None:
    for ground, text in itertools.product(("paper", "wash"), ("ink", "soft", "accent", "warn")):
        assert contrast(theme[ground], theme[text]) >= 4.5, (ground, text)


def test_both_themes_name_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()
    sheet = style_sheet()
    assert all(f"--{name}:{value}" in sheet for theme in (LIGHT, DARK) for name, value in theme.items())
