"""Everything Rackwright raises.

    RackwrightError
    ├── InputError          a file or value the user gave is invalid; carries every Fault found
    ├── CatalogueError      a shipped or user-supplied fact record is malformed
    ├── UnknownNameError    a name that is in no catalogue table (with the nearest ones)
    ├── DimensionError      a formula mixes dimensions, or a record field got the wrong one
    ├── OutputExistsError   an output file is there already and --force was not given
    └── UnsupportedModelError   an architecture feature that is not modelled

An infeasible design is never an error: it is a result whose `Limit`s have negative margins.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong at one place of a file; `line` and `column` count from 1, 0 where there is no place."""

    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    path: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class RackwrightError(Exception):
    """Base of every error that Rackwright raises on purpose."""


class InputError(RackwrightError):
    """The user's input is invalid; `faults` lists everything that is wrong with it, in file order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class CatalogueError(RackwrightError):
    """A fact record is malformed."""


class UnknownNameError(RackwrightError):
    """A name that is not in a catalogue table."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        self.kind, self.name = kind, name
        self.nearest = tuple(difflib.get_close_matches(name, list(known), n=3, cutoff=0.5))
        suggestion = f"; did you mean {', '.join(self.nearest)}?" if self.nearest else ""
        super().__init__(f"unknown {kind} {name!r}{suggestion}" + (f"; {hint}" if hint and not suggestion else ""))


class DimensionError(RackwrightError):
    """A formula combines quantities whose dimensions do not fit."""


class OutputExistsError(RackwrightError):
    """An output file exists and may not be overwritten."""


class UnsupportedModelError(RackwrightError):
    """A model uses an architecture feature that is not modelled; the message names it."""
