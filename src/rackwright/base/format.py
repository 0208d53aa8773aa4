"""Numbers for people: a bare SI value becomes `1.23 MW`, `$4.56 M`, `38.2 ms` or `412 gCO2e/kWh`.

Three significant digits; a trailing zero is written only where rounding made it. A number that is not known reads `–`.
No unit library is needed: every unit that Rackwright shows is in one table, and any other unit is shown as it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

UNKNOWN = "–"
_UNENDING = "∞"
_DIGITS = 3
_LARGEST_PLAIN = 1e6
_SMALLEST_PLAIN = 1e-3
_LARGEST_COUNT = 1e7
_LOWEST_ABSOLUTE_TEMPERATURE = 200.0
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class Scale:
    """How values of one unit are written: `before`, the number divided by `divisor` and less `offset`, `after`."""

    divisor: float = 1.0
    before: str = ""
    after: str = ""
    offset: float = 0.0
    exact_counts: bool = False

    def number(self, value: float) -> str:
        """Write the number alone, without its unit."""
        if math.isnan(value):
            return UNKNOWN
        if math.isinf(value):
            return _UNENDING if value > 0 else f"-{_UNENDING}"
        scaled = value / self.divisor - self.offset
        if not math.isfinite(scaled):
            return _UNENDING if scaled > 0 else f"-{_UNENDING}"
        if self.exact_counts and abs(scaled) < _LARGEST_COUNT and scaled == round(scaled):
            return f"{round(scaled):,}"
        return format_number(scaled)

    def text(self, value: float) -> str:
        """Write the number with its unit."""
        number = self.number(value)
        if number == UNKNOWN:
            return UNKNOWN
        sign, number = ("-", number[1:]) if number.startswith("-") else ("", number)
        after = self.after
        if number == "1" and after in SINGULAR:
            after = SINGULAR[after]
        return f"{sign}{self.before}{number}{after}"


SINGULAR = {" days": " day", " weeks": " week", " years": " year"}
_PREFIXES = ((1e-12, "p"), (1e-9, "n"), (1e-6, "µ"), (1e-3, "m"), (1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "G"))
_LARGE = ((1e12, "T"), (1e15, "P"), (1e18, "E"))
_KILOWATT_HOUR = 3.6e6

# A family is a list of (smallest value, scale), smallest first; the first scale also serves everything below it.
Family = tuple[tuple[float, Scale], ...]


def _prefixed(unit: str, lowest: float, highest: float, *, before: str = "", per: float = 1.0) -> Family:
    """Return scales with SI prefixes between two factors; `per` is the SI value of one `unit`."""
    return tuple(
        (per * factor, Scale(per * factor, before, f" {prefix}{unit}"))
        for factor, prefix in _PREFIXES + _LARGE
        if lowest <= factor <= highest
    )


def _money(per: str = "", one: float = 1.0) -> Family:
    """Return scales in dollars, thousands, millions and billions of dollars, `per` something."""
    steps = ((1.0, ""), (1e4, " k"), (1e6, " M"), (1e9, " B"))
    divisors = (1.0, 1e3, 1e6, 1e9)
    return tuple(
        (start * one, Scale(divisor * one, "$", f"{suffix}{per}"))
        for (start, suffix), divisor in zip(steps, divisors, strict=True)
    )


def _one(unit: str, per: float = 1.0) -> Family:
    return ((0.0, Scale(per, "", unit)),)


_COUNT: Family = (
    (0.0, Scale(exact_counts=True)),
    (_LARGEST_COUNT, Scale(1e6, after=" M")),
    (1e9, Scale(1e9, after=" B")),
    (1e12, Scale(1e12, after=" T")),
    (1e15, Scale()),
)
_TIME: Family = (
    (1e-9, Scale(1e-9, after=" ns")),
    (1e-6, Scale(1e-6, after=" µs")),
    (1e-3, Scale(1e-3, after=" ms")),
    (1.0, Scale(after=" s")),
    (120.0, Scale(60.0, after=" min")),
    (7_200.0, Scale(3_600.0, after=" h")),
    (172_800.0, Scale(86_400.0, after=" days")),
    (8_640_000.0, Scale(604_800.0, after=" weeks")),
    (63_115_200.0, Scale(31_557_600.0, after=" years")),
)
_ENERGY: Family = (
    *_prefixed("J", 1e-12, 1e3),
    (3.6e5, Scale(_KILOWATT_HOUR, after=" kWh")),
    (3.6e9, Scale(3.6e9, after=" MWh")),
    (3.6e12, Scale(3.6e12, after=" GWh")),
    (3.6e15, Scale(3.6e15, after=" TWh")),
)
_CARBON: Family = (
    (1e-6, Scale(1e-6, after=" mgCO2e")),
    (1e-3, Scale(1e-3, after=" gCO2e")),
    (1.0, Scale(after=" kgCO2e")),
    (1e3, Scale(1e3, after=" tCO2e")),
    (1e6, Scale(1e6, after=" ktCO2e")),
    (1e9, Scale(1e9, after=" MtCO2e")),
)
_MASS: Family = (
    (1e-6, Scale(1e-6, after=" mg")),
    (1e-3, Scale(1e-3, after=" g")),
    (1.0, Scale(after=" kg")),
    (1e3, Scale(1e3, after=" t")),
    (1e6, Scale(1e6, after=" kt")),
)
_VOLUME: Family = (
    (1e-6, Scale(1e-6, after=" mL")),
    (1e-3, Scale(1e-3, after=" L")),
    (1.0, Scale(after=" m³")),
    (1e4, Scale(1e3, after=" ML")),
    (1e6, Scale(1e6, after=" GL")),
)
_LENGTH: Family = (
    (1e-9, Scale(1e-9, after=" nm")),
    (1e-6, Scale(1e-6, after=" µm")),
    (1e-3, Scale(1e-3, after=" mm")),
    (1.0, Scale(after=" m")),
    (1e3, Scale(1e3, after=" km")),
)
_RATE: Family = (
    (0.0, Scale(1 / 86_400.0, after="/day")),
    (0.01, Scale(after="/s")),
    (1e3, Scale(1e3, after=" k/s")),
    (1e6, Scale(1e6, after=" M/s")),
    (1e9, Scale(1e9, after=" G/s")),
)
_KELVIN: Family = (
    (0.0, Scale(after=" K")),
    (_LOWEST_ABSOLUTE_TEMPERATURE, Scale(after=" °C", offset=273.15)),
)
_AREA: Family = ((0.0, Scale(1e-6, after=" mm²")), (0.1, Scale(after=" m²")), (1e5, Scale(1e4, after=" ha")))

FAMILIES: dict[str, Family] = {
    "": _COUNT,
    "1": _COUNT,
    "share": _one(" %", 0.01),
    "percent": _one(" %", 0.01),
    "%": _one(" %", 0.01),
    "s": _TIME,
    "W": _prefixed("W", 1e-3, 1e9),
    "VA": _prefixed("VA", 1.0, 1e9),
    "J": _ENERGY,
    "USD": _money(),
    "kgCO2e": _CARBON,
    "kg": _MASS,
    "B": _prefixed("B", 1.0, 1e18),
    "B/s": _prefixed("B/s", 1.0, 1e18),
    "FLOP": _prefixed("FLOP", 1.0, 1e18),
    "FLOP/s": _prefixed("FLOP/s", 1.0, 1e18),
    "FLOP/B": _one(" FLOP/B"),
    "m": _LENGTH,
    "m^2": _AREA,
    "m^3": _VOLUME,
    "m^3/s": (
        (0.0, Scale(1e-3 / 60.0, after=" L/min")),
        (1e-3, Scale(1e-3, after=" L/s")),
        (1.0, Scale(after=" m³/s")),
    ),
    "m^3/J": _one(" L/kWh", 1e-3 / _KILOWATT_HOUR),
    "kgCO2e/J": _one(" gCO2e/kWh", 1e-3 / _KILOWATT_HOUR),
    "kgCO2e/W": _one(" kgCO2e/kW", 1e-3),
    "kgCO2e/USD": _one(" kgCO2e/$"),
    "kgCO2e/kg": _one(" kgCO2e/kg"),
    "kgCO2e/m^2": _one(" kgCO2e/m²"),
    "kgCO2e/B": _prefixed("gCO2e/GB", 1.0, 1e3, per=1e-12),
    "USD/J": ((0.0, Scale(1.0 / _KILOWATT_HOUR, "$", "/kWh")),),
    "USD/W": _money("/W"),
    "USD/s": _money("/h", 1.0 / 3_600.0),
    "USD/B": _money("/GB", 1e-9),
    "USD/kg": _money("/kg"),
    "USD/m": _money("/m"),
    "USD/m^2": _money("/m²"),
    "USD/m^3": _money("/m³"),
    "USD/kgCO2e": _money("/tCO2e", 1e-3),
    "J/B": _one(" pJ/bit", 8e-12),
    "J/FLOP": _one(" pJ/FLOP", 1e-12),
    "W/m^2": _one(" W/m²"),
    "1/s": _RATE,
    "1/J": _one("/kJ", 1e-3),
    "Hz": _prefixed("Hz", 1.0, 1e9),
    "Pa": _prefixed("Pa", 1.0, 1e6),
    "V": _prefixed("V", 1e-3, 1e3),
    "A": _prefixed("A", 1e-3, 1e3),
    "K": _KELVIN,
}


def round_significant(value: float, digits: int = _DIGITS) -> float:
    """Round to a number of significant digits."""
    rounded = float(f"{value:.{digits - 1}e}") if math.isfinite(value) else value
    # The largest floats round up past the end of the number line; they stay what they are.
    return rounded if math.isfinite(rounded) else value


def format_number(value: float) -> str:
    """Write a plain number with three significant digits, thousands apart, never `nan` or `-0`."""
    if math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return _UNENDING if value > 0 else f"-{_UNENDING}"
    rounded = round_significant(value)
    if rounded == 0.0:
        return "0"
    if not _SMALLEST_PLAIN <= abs(rounded) < _LARGEST_PLAIN:
        return _scientific(rounded)
    decimals = max(0, _DIGITS - 1 - math.floor(math.log10(abs(rounded))))
    written = f"{rounded:,.{decimals}f}"
    exact = math.isclose(rounded, value, rel_tol=1e-9)
    return written.rstrip("0").rstrip(".") if exact and "." in written else written


def _scientific(value: float) -> str:
    mantissa, _, exponent = f"{value:.{_DIGITS - 1}e}".partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPTS)}"


def scale_for(value: float, unit: str) -> Scale:
    """Choose the scale in which `value` [unit, SI] reads best; an axis or a range is written in one scale."""
    family = FAMILIES.get(unit)
    if family is None:
        return Scale(after=f" {_pretty(unit)}")
    size = round_significant(abs(value)) if math.isfinite(value) else 0.0
    if size == 0.0 or not math.isfinite(size):
        return _plainest(family)
    chosen = family[0][1]
    for start, scale in family:
        # A hair below the threshold still counts, so that 999.9 W reads 1 kW and float noise decides nothing.
        if size >= start * (1.0 - 1e-9):
            chosen = scale
    return chosen if _SMALLEST_PLAIN <= size / chosen.divisor < _LARGEST_PLAIN else _plainest(family)


def _plainest(family: Family) -> Scale:
    return min((scale for _, scale in family), key=lambda scale: abs(math.log10(scale.divisor)))


def _pretty(unit: str) -> str:
    return unit.replace("^2", "²").replace("^3", "³").replace("*", "·")


def format_value(value: float, unit: str) -> str:
    """Write a bare SI value for people, with the unit that reads best.

    Parameters
    ----------
    value : the number in SI
    unit : its SI unit as records declare it (`s`, `W`, `USD/J`, ...), `1` for a count, `share` for a percentage
    """
    return scale_for(value, unit).text(value)


def format_alike(values: Sequence[float], unit: str) -> list[str]:
    """Write values that stand side by side in the scale of the largest, except those it would hide."""
    finite = [abs(value) for value in values if math.isfinite(value)]
    scale = scale_for(max(finite, default=0.0), unit)
    return [scale.text(value) if _fits(scale, (value,), 0.1) else format_value(value, unit) for value in values]


def format_share(value: float) -> str:
    """Write a share between 0 and 1 as a percentage."""
    return format_value(value, "share")


def format_range(low: float, high: float, unit: str) -> str:
    """Write a range such as `1.2–1.5 MW` in one scale, or `40 ms to 2 h` where one scale fits both badly."""
    if math.isnan(low) or math.isnan(high):
        known = high if math.isnan(low) else low
        return format_value(known, unit)
    if low > high:
        low, high = high, low
    first, last = format_value(low, unit), format_value(high, unit)
    if first == last:
        return first
    scale = scale_for(max(abs(low), abs(high)), unit)
    if not _fits(scale, (low, high)) or min(low, high) < 0:
        return f"{first} to {last}"
    return f"{scale.before}{'–'.join(_aligned(scale.number(low), scale.number(high)))}{scale.after}"


def _aligned(first: str, last: str) -> tuple[str, str]:
    """Give a one-decimal and a two-decimal number the same decimals; leave a whole number next to a fraction alone."""
    places = [len(text.partition(".")[2]) for text in (first, last)]
    if 0 in places:
        return first, last
    width = max(places)
    padded = first + "0" * (width - places[0]), last + "0" * (width - places[1])
    if any(sum(sign.isdigit() for sign in text.lstrip("-0.")) > _DIGITS for text in padded):
        return first, last
    return padded


def _fits(scale: Scale, values: Sequence[float], least: float = 0.01) -> bool:
    """Tell whether all values read well in one scale: none so small that it takes a string of zeros."""
    if not all(math.isfinite(value) for value in values):
        return False
    scaled = [abs(value / scale.divisor - scale.offset) for value in values]
    return all(value == 0.0 or least <= value < _LARGEST_PLAIN for value in scaled)


def format_change(ratio: float) -> str:
    """Write how much larger or smaller something is: `+12.5 %`, `-3 %`, `×4.2` where a percentage would mislead."""
    if not math.isfinite(ratio):
        return UNKNOWN
    if ratio > 3.0:
        return f"×{format_number(ratio)}"
    change = ratio - 1.0
    if abs(change) < 5e-4:
        return "same"
    return f"{'+' if change > 0 else ''}{format_share(round_significant(change))}"
