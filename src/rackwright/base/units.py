"""Units at the border: text such as `3.35 TB/s` or `60 MW` becomes a bare SI number, and back.

Inside the package numbers are bare SI: s, B, FLOP, W, J, kg, m, K, USD. Money, bytes, floating-point operations and
CO2-equivalent are dimensions of their own; tokens, requests and racks are counts and have none.
The units that can be written are listed in `data/units.txt`.
"""

from __future__ import annotations

import math
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from rackwright.base.errors import DimensionError

if TYPE_CHECKING:
    import pint

Dimension = tuple[tuple[str, float], ...]
DIMENSIONLESS: Dimension = ()

_NUMBER = re.compile(r"^\s*([-+]?(?:\d[\d_,]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*$", re.DOTALL)
_COUNT_SUFFIX = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "G": 1e9, "T": 1e12}
_COUNT_WORDS = re.compile(
    r"^(k|K|M|B|G|T)?\s*(tokens?|tok|sequences?|requests?|racks?|accelerators?|gpus?|chips?|people|params|parameters)\b(.*)$"
)
_SPELLINGS = (
    ("$", "USD"),
    ("%", "percent"),
    ("°C", "degC"),
    ("CO2eq", "CO2e"),
    ("·", "*"),
)
_MONEY_FIRST = re.compile(r"^\s*\$\s*([\d.,_]+)")
_BITS = re.compile(r"\b([kMGT])b(?=/|$)")
_LONGEST_TEXT = 80
_LONGEST_UNIT = 60
_NAME = r"[A-Za-zµμ°%$][\w°%]*"
_FACTOR = rf"(?:1|{_NAME})(?:\s*(?:\^|\*\*)\s*[-+]?\d(?:\.\d+)?)?"
_PRODUCT = rf"{_FACTOR}(?:(?:\s*[*/]\s*|\s+){_FACTOR})*"
_BRACKETED = re.compile(rf"\(\s*{_PRODUCT}\s*\)")
_WRITTEN_UNIT = re.compile(_PRODUCT)


@cache
def registry() -> pint.UnitRegistry[Any]:
    """Return the one pint registry, built on first use because importing pint is slow."""
    import pint

    ureg: pint.UnitRegistry[Any] = pint.UnitRegistry(None, cache_folder=None, autoconvert_offset_to_baseunit=True)
    lines = resources.files("rackwright.data").joinpath("units.txt").read_text(encoding="utf-8").splitlines()
    ureg.load_definitions(lines)
    return ureg


@cache
def factor_and_dimension(unit: str) -> tuple[float, float, Dimension]:
    """Return (scale, offset, dimension) so that SI = scale * number + offset.

    Raises
    ------
    DimensionError
        If `unit` is not a unit.
    """
    import pint

    text = unit.strip()
    if text in ("", "1"):
        return 1.0, 0.0, DIMENSIONLESS
    for written, spelled in _SPELLINGS:
        text = text.replace(written, spelled)
    text = _BITS.sub(r"\1bit", text)
    # pint evaluates whatever it is given, so only products of powers of names get that far.
    if len(text) > _LONGEST_UNIT or not _WRITTEN_UNIT.fullmatch(_BRACKETED.sub("s", text)):
        raise DimensionError(f"{unit!r} is not a unit")
    ureg = registry()
    try:
        zero: Any = ureg.Quantity(0.0, text).to_base_units()
        one: Any = ureg.Quantity(1.0, text).to_base_units()
    except (pint.PintError, AttributeError, TypeError, ValueError, OverflowError) as error:
        raise DimensionError(f"{unit!r} is not a unit") from error
    offset = float(zero.magnitude)
    scale = float(one.magnitude) - offset
    pairs = ((name.strip("[]"), float(power)) for name, power in one.dimensionality.items() if power)
    return scale, offset, tuple(sorted(pairs))


def dimension(unit: str) -> Dimension:
    """Return the dimension of a unit as sorted (base dimension, exponent) pairs."""
    return factor_and_dimension(unit)[2]


def to_si(number: float, unit: str) -> float:
    """Convert `number` in `unit` to bare SI."""
    scale, offset, _ = factor_and_dimension(unit)
    return number * scale + offset


def from_si(value: float, unit: str) -> float:
    """Convert a bare SI value to `unit`."""
    scale, offset, _ = factor_and_dimension(unit)
    return (value - offset) / scale


def parse(text: str, unit: str) -> float:
    """Read `text` such as `40 ms`, `15T tokens`, `0.9` or `60 MW` as a bare SI number of the dimension of `unit`.

    Raises
    ------
    DimensionError
        If the text is no number with a unit, or its dimension is not that of `unit`.
    """
    shown = text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "..."
    match = _NUMBER.match(_MONEY_FIRST.sub(r"\1 USD", text[: 4 * _LONGEST_TEXT]))
    if not match or len(text) > 4 * _LONGEST_TEXT:
        raise DimensionError(f"{shown!r} is not a number with a unit")
    number = float(match.group(1).replace("_", "").replace(",", ""))
    written = match.group(2)
    wanted = dimension(unit)
    scale, rest = _count(written)
    try:
        unit_scale, offset, got = factor_and_dimension(rest)
    except (DimensionError, OverflowError, RecursionError) as error:
        raise DimensionError(f"{written[:_LONGEST_TEXT]!r} in {shown!r} is not a unit") from error
    if got != wanted:
        if not rest and scale == 1.0:
            raise DimensionError(f"{shown!r} has no unit; a unit such as {unit} is needed")
        raise DimensionError(f"{shown!r} is {_a(got)}; {_a(wanted)} such as `{unit}` is needed")
    value = number * scale * unit_scale + offset
    if not math.isfinite(value):
        raise DimensionError(f"{shown!r} is too large a number")
    return value


def _a(dim: Dimension) -> str:
    name = describe(dim)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _count(written: str) -> tuple[float, str]:
    """Split `15T tokens/day` style counts into a scale and the rest of the unit."""
    match = _COUNT_WORDS.match(written)
    if match:
        rest = match.group(3).strip()
        return _COUNT_SUFFIX.get(match.group(1) or "", 1.0), f"1{rest}" if rest.startswith("/") else rest
    if written in _COUNT_SUFFIX:
        return _COUNT_SUFFIX[written], ""
    return 1.0, written


_DIMENSION_NAMES = {
    "s": "duration",
    "B": "amount of data",
    "B/s": "bandwidth",
    "FLOP": "amount of computation",
    "FLOP/s": "compute rate",
    "W": "power",
    "J": "energy",
    "USD": "price",
    "USD/J": "price of energy",
    "kg": "mass",
    "kgCO2e": "emission",
    "kgCO2e/J": "emission intensity",
    "m^3": "volume",
    "K": "temperature",
    "m": "length",
    "1/s": "rate",
    "1": "plain number",
}


def describe(dim: Dimension) -> str:
    """Name a dimension for people: `power`, or its base dimensions where it has no common name."""
    for unit, name in _DIMENSION_NAMES.items():
        if dimension(unit) == dim:
            return name
    return " ".join(f"{name}^{power:g}" for name, power in dim)
