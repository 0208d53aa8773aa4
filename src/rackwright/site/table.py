"""Facility years computed once per climate, cooling and class of supply temperature, then taken by code.

A year costs 8,760 hours of arithmetic, a design only a row of this table; blocks of designs share a handful of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rackwright.base import ops
from rackwright.base.errors import UnknownNameError
from rackwright.base.record import Num, fields_of
from rackwright.base.trace import Traced, untraced
from rackwright.catalogue.table import Table
from rackwright.site.records import CoolingSpec, FacilityYear, SiteFacts, Weather
from rackwright.site.thermal import supply_classes
from rackwright.site.year import PathYear, assemble, path_years

Columns = dict[str, Any]
Code = NDArray[np.intp] | int


@dataclass(frozen=True)
class FacilityYearTable:
    """Rows by climate, then cooling, then class; the columns hold the liquid and the air path of each row."""

    climates: tuple[str, ...]
    coolings: tuple[str, ...]
    classes: int
    liquid: Columns
    air: Columns
    facts: SiteFacts

    def code(self, climate: str | Code, cooling: str | Code, supply_class: Num) -> Code:
        """Return the row(s) of a climate, a cooling (names, or positions in this table) and a class index.

        Raises
        ------
        UnknownNameError
            If the table was not built for that climate or cooling.
        """
        place, kind = _position("climate", climate, self.climates), _position("cooling", cooling, self.coolings)
        index = np.rint(untraced(supply_class)).astype(np.intp)
        code = (place * len(self.coolings) + kind) * self.classes + index
        return code if np.ndim(code) else int(code)

    def take(self, code: Code, liquid_share: Num) -> FacilityYear:
        """Return the facility year(s) at `code` for machines that give `liquid_share` of their heat to liquid."""
        return assemble(_row(self.liquid, code), _row(self.air, code), liquid_share, self.facts)


def facility_years(
    weathers: Mapping[str, Weather],
    coolings: Sequence[str],
    facts: SiteFacts,
    specs: Table[CoolingSpec],
    hours_step: int = 1,
) -> FacilityYearTable:
    """Compute the years of every climate and cooling at each of its classes of supply temperature.

    Parameters
    ----------
    weathers : weather by name, from `climate_weather` or `read_epw`
    coolings : names of strategies
    facts : constants: plain, sampled (samples,), or traced
    specs : the cooling table, for the classes
    hours_step : use every n-th hour; 1 for results, 7 (no factor in common with 24) for thousands of samples

    Raises
    ------
    UnknownNameError
        If a cooling is in no table or has no strategy.
    """
    classes = {name: supply_classes(specs.one(name)) for name in coolings}
    most = max((len(temperatures) for temperatures in classes.values()), default=0)
    liquid: list[PathYear] = []
    air: list[PathYear] = []
    for weather in weathers.values():
        hours = weather.thinned(hours_step) if hours_step > 1 else weather
        for name in coolings:
            # A cooling with fewer classes than another repeats its warmest, so that all have as many rows.
            temperatures = classes[name] + (classes[name][-1],) * (most - len(classes[name]))
            for pair in _rows(hours, name, temperatures, facts):
                liquid.append(pair[0])
                air.append(pair[1])
    return FacilityYearTable(tuple(weathers), tuple(coolings), most, _columns(liquid), _columns(air), facts)


def _rows(
    hours: Weather, name: str, temperatures: tuple[float, ...], facts: SiteFacts
) -> list[tuple[PathYear, PathYear]]:
    """One pair of path years per class; plain facts take all classes in one pass."""
    if isinstance(facts.tower_approach, float):
        block = path_years(hours, name, np.array(temperatures), facts)
        return [(_pick(block[0], k), _pick(block[1], k)) for k in range(len(temperatures))]
    return [path_years(hours, name, temperature, facts) for temperature in temperatures]


def _pick(block: PathYear, k: int) -> PathYear:
    values = {f.name: np.asarray(getattr(block, f.name)) for f in fields_of(PathYear)}
    return PathYear(**{name: float(value[k] if value.ndim else value) for name, value in values.items()})


def _columns(rows: list[PathYear]) -> Columns:
    columns: Columns = {}
    for declared in fields_of(PathYear):
        values = [getattr(row, declared.name) for row in rows]
        if any(isinstance(value, Traced) for value in values):
            columns[declared.name] = ops.TracedColumn(values)
        else:
            columns[declared.name] = np.stack(np.broadcast_arrays(*values)) if values else np.zeros(0)
    return columns


def _row(columns: Columns, code: Code) -> PathYear:
    return PathYear(**{name: _cells(column, code) for name, column in columns.items()})


def _cells(column: Any, code: Code) -> Num:
    """Take one cell per design, or, where the class itself varies from sample to sample, one per design and sample."""
    samples = np.shape(code)[-1] if np.ndim(code) else 1
    if samples > 1 and np.ndim(column) == 2 and column.shape[1] == samples:
        return column[code, np.arange(samples)]  # type: ignore[no-any-return]
    return ops.take(column, code)


def _position(kind: str, key: str | Code, names: tuple[str, ...]) -> Code:
    if not isinstance(key, str):
        return key
    if key not in names:
        raise UnknownNameError(kind, key, names)
    return names.index(key)
