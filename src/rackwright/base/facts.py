"""`Fact`: a number with its unit, range, source, date and grade."""

from __future__ import annotations

from dataclasses import dataclass

GRADES: dict[str, str] = {
    "definition": "true by definition or physical constant",
    "datasheet": "published by the maker or operator and read there or in a named transcription",
    "measured": "measured by a named party and read there",
    "read": "read in the named source",
    "computed": "computed from named data",
    "published-estimate": "a third party's or press figure, read there",
    "secondary": "read in a page that quotes the source",
    "assumed": "a modelling choice of ours, said as such",
    "memory": "recalled from documents, not re-read; verify before relying on it",
    "user": "given by the user in the case",
}

# Relative half-width of the range when a fact states none; grades with a weaker hold on the number get a wider one.
DEFAULT_SPREAD: dict[str, float] = {
    "definition": 0.0,
    "datasheet": 0.0,
    "measured": 0.03,
    "read": 0.05,
    "computed": 0.05,
    "published-estimate": 0.15,
    "secondary": 0.15,
    "assumed": 0.25,
    "memory": 0.20,
    "user": 0.0,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One cited number.

    `value`, `low` and `high` are bare SI; `written_unit` is the unit it was written in. `key` is
    `table.record.field`, unique in a catalogue.
    """

    key: str
    value: float
    low: float
    high: float
    unit: str
    written_unit: str
    source: str
    as_of: str
    grade: str
    note: str = ""
    ranged: bool = False
    default: bool = False
