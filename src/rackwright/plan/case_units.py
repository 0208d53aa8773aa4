"""Field types of a case: numbers with units as people write them, and names from the catalogue.

Each is plain data for pydantic (`Annotated[float, Quantity("W", ...)]`), so that one declaration gives the check, the
message and the JSON Schema.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from tokenize import TokenError
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from rackwright.base import units
from rackwright.base.errors import DimensionError
from rackwright.plan.case_faults import suggestion

_LONGEST = 60
_UNIT_TEXT = re.compile(r"[\w\s.,%$°µμ·*/^+-]*")
_WILD_POWER = re.compile(r"(\^|\*\*)\s*-?\d{2,}")
_BROKEN = (
    DimensionError,
    ValueError,
    ArithmeticError,
    SyntaxError,
    TypeError,
    AttributeError,
    TokenError,
    RecursionError,
)


_SPELLINGS = (
    (re.compile(r"^\s*\$\s*([\d.,_]+)\s*([kKMBT])\b"), lambda m: f"{m[1]} {'kkMGT'['kKMBT'.index(m[2])]}USD"),
    (re.compile(r"(?<=\d)\s*/\s*(?=[a-z])"), lambda m: " 1/"),
    (re.compile(r"\bm3\b"), lambda m: "m^3"),
    (re.compile(r"\brps\b"), lambda m: "requests/s"),
    (re.compile(r"\bmillion\b"), lambda m: "M"),
    (re.compile(r"\bbillion\b"), lambda m: "B"),
    (re.compile(r"\btrillion\b"), lambda m: "T"),
)


def _spelled(text: str) -> str:
    """Bring a few everyday spellings into the form that units are read in."""
    for pattern, spelling in _SPELLINGS:
        text = pattern.sub(spelling, text)
    return text


def fault(message: str, hint: str = "", at: tuple[str | int, ...] = ()) -> PydanticCustomError:
    """Return an error that the reader turns into a located fault; `at` is a path below the value checked."""
    context = {"text": message, "hint": hint, "at": list(at)}
    return PydanticCustomError("case", "{text}", context)


def shown(value: Any) -> str:
    """Show a value in a message, cut to a sensible length."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = f"`{value}`" if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else f"{value}"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def read_quantity(value: Any, unit: str, example: str) -> float:
    """Return a number with unit as bare SI.

    Raises
    ------
    PydanticCustomError
        If it is no number with a unit of the dimension of `unit`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise fault(f"{shown(value)} is not a number with a unit", f"write it like `{example}`")
    if not isinstance(value, str):
        if unit != "1":
            raise fault(f"{shown(value)} has no unit", f"write it like `{example}`")
        return float(value)
    if len(value) > _LONGEST or not _UNIT_TEXT.fullmatch(value) or _WILD_POWER.search(value):
        raise fault(f"{shown(value)} is not a number with a unit", f"write it like `{example}`")
    try:
        return float(f"{units.parse(_spelled(value), unit):.15g}")
    except _BROKEN as error:
        reason = str(error) if isinstance(error, DimensionError) else f"{shown(value)} is not a number with a unit"
        raise fault(reason.replace("'", "`"), f"write it like `{example}`") from error


@dataclass(frozen=True)
class Quantity:
    """A number with a unit: `unit` is the SI unit it becomes, `example` how people write it."""

    unit: str
    example: str
    low: float = 0.0
    high: float = math.inf
    above: bool = True

    def read(self, value: Any) -> float:
        """Return the value as bare SI, inside its bounds."""
        number = read_quantity(value, self.unit, self.example)
        if not math.isfinite(number):
            raise fault(f"{shown(value)} is too large", f"write it like `{self.example}`")
        if number < self.low or (self.above and number == self.low):
            bound = f"{'above' if self.above else 'at least'} {self.low:g}"
            raise fault(f"{shown(value)} is out of range: {bound} is needed", f"write it like `{self.example}`")
        if number > self.high:
            raise fault(
                f"{shown(value)} is out of range: at most {self._high()} is possible", f"write it like `{self.example}`"
            )
        return number

    def _high(self) -> str:
        return (
            "100 %"
            if self.unit == "1" and self.high == 1
            else f"{self.high:g} {'' if self.unit == '1' else self.unit}".strip()
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        what = {"1": "a plain number, or with `%`, k, M, B, T"}.get(
            self.unit, f"a number with a unit such as {self.unit}"
        )
        return {
            "type": ["string", "number"] if self.unit == "1" else "string",
            "examples": [self.example],
            "format": what,
        }


@dataclass(frozen=True)
class Whole:
    """A whole number between `low` and `high`."""

    low: int = 1
    high: int = 10**9

    def read(self, value: Any) -> int:
        """Return the value as an int, inside its bounds."""
        number = read_quantity(value, "1", f"{max(self.low, 8)}")
        if not math.isfinite(number) or number != int(number):
            raise fault(f"{shown(value)} is not a whole number")
        if not self.low <= number <= self.high:
            raise fault(f"{shown(value)} is out of range", f"a whole number from {self.low} to {self.high:,} is needed")
        return int(number)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": ["integer", "string"], "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Word:
    """One of a few words, or a name of a catalogue table; `names` gives the allowed ones."""

    kind: str
    names: Callable[[], Iterable[str]]

    def read(self, value: Any, info: Any = None) -> str:
        """Return the name if it is known, here or among the case's own."""
        own = (info.context or {}).get(self.kind, ()) if info is not None else ()
        known = [*own, *self.names()]
        if not isinstance(value, str):
            raise fault(f"{shown(value)} is not {_article(self.kind)}", suggestion("", known))
        if value not in known:
            raise fault(f"{shown(value)} is not {_article(self.kind)}", suggestion(value, known) or self._where())
        return value

    def _where(self) -> str:
        return f"`rackwright catalog list {self.kind}s` shows them"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        known = list(self.names())
        return {"type": "string", "enum": known} if len(known) <= 12 else {"type": "string", "examples": known}


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


Duration = Annotated[float, Quantity("s", "40 ms")]
LongDuration = Annotated[float, Quantity("s", "60 days")]
Share = Annotated[float, Quantity("1", "95 %", high=1.0, above=False)]
InnerShare = Annotated[float, Quantity("1", "95 %", high=1.0)]
Tokens = Annotated[float, Quantity("1", "15T tokens")]
Length = Annotated[float, Quantity("1", "1200", high=1e8)]
Power = Annotated[float, Quantity("W", "60 MW")]
Money = Annotated[float, Quantity("USD", "250 MUSD")]
Count = Annotated[float, Quantity("1", "400 racks")]
Emission = Annotated[float, Quantity("kgCO2e", "20000 tCO2e")]
Volume = Annotated[float, Quantity("m^3", "300 ML", above=False)]
RequestRate = Annotated[float, Quantity("1/s", "40 requests/s")]
TokenRate = Annotated[float, Quantity("1/s", "2B tokens/day")]
EnergyPrice = Annotated[float, Quantity("USD/J", "0.06 USD/kWh", above=False)]
Rate = Annotated[float, Quantity("1", "9 %", high=1.0, above=False)]
Weight = Annotated[float, Quantity("1", "0.7", above=False)]
