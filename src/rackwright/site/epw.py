"""Read a user's EnergyPlus weather file.

References
----------
[1] EnergyPlus Auxiliary Programs, "EnergyPlus Weather File (EPW) Data Dictionary": 8 header lines, then one line per
    hour; field 7 dry bulb and field 8 dew point in degC (missing 99.9), field 10 pressure in Pa (missing 999999).
"""

from __future__ import annotations

import gzip
import itertools
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rackwright.base.errors import Fault, InputError
from rackwright.base.units import to_si
from rackwright.site.psychrometrics import pressure_at
from rackwright.site.records import Weather
from rackwright.site.weather import weather_from_hours

Array = NDArray[np.float64]

_HEADER_LINES, _HOURS, _LEAP_HOURS = 8, 8760, 8784
_DRY, _DEW, _PRESSURE, _FIELDS = 6, 7, 9, 10
_MISSING = {_DRY: 99.9, _DEW: 99.9, _PRESSURE: 999999.0}
_PLAUSIBLE = {_DRY: (-70.0, 70.0), _DEW: (-90.0, 60.0), _PRESSURE: (31000.0, 120000.0)}
_NAMES = {_DRY: "dry bulb", _DEW: "dew point", _PRESSURE: "pressure"}
_LONGEST_GAP = 6
_MOST_FAULTS = 100


def read_epw(path: str | Path) -> Weather:
    """Read 8,760 hours from an EPW file, plain or gzipped; 29 February is left out.

    Missing values (99.9, 999999) are interpolated over gaps of up to 6 hours; a missing pressure becomes that of the
    standard atmosphere at the station. The design hour is the highest dry and the highest wet bulb of the file.

    Raises
    ------
    InputError
        Listing every fault with line and column: no header, a field missing, not a number or implausible, a gap too
        long, a wrong number of hours, or a file that cannot be read.
    """
    source = str(path)
    lines = _lines(Path(path), source)
    faults: list[Fault] = []
    elevation = _elevation(lines, source, faults)
    rows = []
    for number, line in enumerate(lines[_HEADER_LINES:], start=_HEADER_LINES + 1):
        if line.strip() and not _is_leap_day(line):
            rows.append(_row(line, number, source, faults))
        if len(faults) >= _MOST_FAULTS:
            faults.append(Fault(source, number, 1, "too many faults; the rest of the file was not read"))
            raise InputError(faults)
    if len(rows) != _HOURS:
        faults.append(Fault(source, len(lines), 1, f"{len(rows)} hours, but a year has {_HOURS}"))
    if faults:
        raise InputError(faults)
    hours = np.array(rows)
    dry, dew = (_filled(hours[:, column], name, source) for column, name in enumerate(("dry bulb", "dew point")))
    pressure = np.where(np.isnan(hours[:, 2]), pressure_at(elevation), hours[:, 2])
    zero = to_si(0.0, "degC")
    return weather_from_hours(dry + zero, np.minimum(dew, dry) + zero, pressure)


def _lines(path: Path, source: str) -> list[str]:
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            raw = list(itertools.islice(stream, _HEADER_LINES + _LEAP_HOURS + 25))
    except (OSError, EOFError) as error:
        raise InputError([Fault(source, 0, 0, f"cannot be read: {error}")]) from error
    return [line.decode("utf-8", errors="replace").rstrip("\r\n") for line in raw]


def _elevation(lines: list[str], source: str, faults: list[Fault]) -> float:
    fields = lines[0].split(",") if lines else [""]
    if fields[0].lstrip("\ufeff").strip().upper() != "LOCATION":
        faults.append(Fault(source, 1, 1, "an EPW file starts with a LOCATION line"))
        return 0.0
    try:
        return float(fields[9])
    except (IndexError, ValueError):
        faults.append(Fault(source, 1, 1, "the LOCATION line has no elevation (field 10)"))
        return 0.0


def _is_leap_day(line: str) -> bool:
    fields = line.split(",", 3)
    return len(fields) > 3 and fields[1].strip() == "2" and fields[2].strip() == "29"


def _row(line: str, number: int, source: str, faults: list[Fault]) -> tuple[float, ...]:
    fields = line.split(",")
    if len(fields) < _FIELDS:
        faults.append(Fault(source, number, 1, f"{len(fields)} fields; at least {_FIELDS} are needed"))
        return (math.nan,) * 3
    return tuple(_number(fields, index, number, source, faults) for index in (_DRY, _DEW, _PRESSURE))


def _number(fields: list[str], index: int, number: int, source: str, faults: list[Fault]) -> float:
    column = sum(len(field) + 1 for field in fields[:index]) + 1
    try:
        value = float(fields[index])
    except ValueError:
        faults.append(Fault(source, number, column, f"{_NAMES[index]} {fields[index][:40]!r} is not a number"))
        return math.nan
    if value >= _MISSING[index]:
        return math.nan
    low, high = _PLAUSIBLE[index]
    if not low <= value <= high:
        faults.append(Fault(source, number, column, f"{_NAMES[index]} {value:g} is not plausible"))
    return value


def _filled(values: Array, name: str, source: str) -> Array:
    """Interpolate short gaps over the turn of the year; a long one is a fault."""
    gaps = np.isnan(values)
    if not gaps.any():
        return values
    run, longest, at = 0, 0, 0
    for hour, missing in enumerate(gaps):
        run = run + 1 if missing else 0
        if run > longest:
            longest, at = run, hour
    if longest > _LONGEST_GAP:
        line = at - longest + 2 + _HEADER_LINES
        raise InputError([Fault(source, line, 1, f"{name} is missing for {longest} hours")])
    known = np.flatnonzero(~gaps)
    return np.interp(np.arange(values.size), known, values[known], period=values.size)
