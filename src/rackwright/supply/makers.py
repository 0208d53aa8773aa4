"""From the table of suppliers to how much each part class depends on countries and on single makers.

Everything here depends on facts alone, not on the design, so it is computed once per catalogue view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.base.trace import Traced, as_traced
from rackwright.catalogue.loader import read_data
from rackwright.catalogue.table import Table
from rackwright.supply.records import Maker, Supplier

FOUNDRIES = ("tsmc", "samsung", "smic", "globalfoundries", "intel")
ORIGINS = tuple((foundry, has_hbm) for has_hbm in (True, False) for foundry in FOUNDRIES)
_ONLY_WITH_HBM = frozenset({"packaging", "hbm"})

Makers = Mapping[str, tuple[Maker, ...]]
Measure = Callable[[Iterable[tuple[Maker, ...]]], Num]
Components = Mapping[str, tuple[tuple[str, ...], ...]]


def makers_of(suppliers: Table[Supplier]) -> dict[str, tuple[Maker, ...]]:
    """Return the makers of each component.

    Sources: data/suppliers.yaml.
    """
    makers: dict[str, tuple[Maker, ...]] = {}
    for row in suppliers.ids:
        countries = tuple(suppliers.text(row, "countries").split())
        maker = Maker(name=suppliers.text(row, "maker"), countries=countries, share=suppliers.one(row).share)
        component = suppliers.text(row, "component")
        makers[component] = (*makers.get(component, ()), maker)
    return makers


def components_of_parts() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the components of each part class; those of accelerators once per origin.

    Sources: `parts` in data/suppliers.yaml, where `foundry` stands for the foundry of the accelerator in question.
    """
    return {
        part_class: tuple(_of_origin(names, *origin) for origin in ORIGINS) if "foundry" in names else (tuple(names),)
        for part_class, names in read_data("suppliers")["parts"].items()
    }


def _of_origin(names: Iterable[str], foundry: str, has_hbm: bool) -> tuple[str, ...]:
    present = (name for name in names if has_hbm or name not in _ONLY_WITH_HBM)
    return tuple(f"foundry-{foundry}" if name == "foundry" else name for name in present)


def exposures_of(components: Components, makers: Makers) -> dict[str, dict[str, Any]]:
    """Return how much each part class depends on each country [1].

    e(component, country) = sum over makers of share / number of countries the maker builds in            (1)
    e(class, country)     = max over the components of the class of e(component, country)                 (2)

    (2) is a maximum because a part cannot be delivered without any one of its components: an accelerator depends on
    the country of its foundry and on that of its HBM at the same time, so exposures to different countries may add up
    to more than 1.

    Sources: data/suppliers.yaml.
    """
    by_component = {component: _by_country(whom) for component, whom in makers.items()}
    exposures: dict[str, dict[str, Any]] = {}
    for part_class, variants in components.items():
        countries = sorted({country for names in variants for name in names for country in by_component[name]})
        exposures[part_class] = {
            country: _column([_largest(by_component[name].get(country, 0.0) for name in names) for names in variants])
            for country in countries
        }
    return exposures


def over_parts(
    components: Components, makers: Makers, measure: Callable[[Iterable[tuple[Maker, ...]]], Num]
) -> dict[str, Any]:
    """Apply a measure of the makers of a set of components to every part class.

    value(class) = measure(makers of component 1, makers of component 2, ...)                             (1)

    Sources: see `components_of_parts`.
    """
    return {
        part_class: _column([measure(makers[name] for name in names) for names in variants])
        for part_class, variants in components.items()
    }


def largest_maker(components: Iterable[tuple[Maker, ...]]) -> Num:
    """Return the largest share that one maker has of any of several components [1].

    largest = max over components and makers of the maker's shares in all countries together              (1)

    Sources: data/suppliers.yaml.
    """
    largest: Num = 0.0
    for makers in components:
        sums: dict[str, Num] = {}
        for maker in makers:
            sums[maker.name] = sums[maker.name] + maker.share if maker.name in sums else maker.share
        largest = ops.maximum(largest, *sums.values())
    return largest


@dataclass(frozen=True, slots=True)
class ByOrigin:
    """A number with one row per entry of `ORIGINS`."""

    rows: Any


def at_origin(value: Any, origin: Any) -> Num:
    """Return what holds for accelerators of some origin: a row of a `ByOrigin`, any other value as it is.

    value = rows[origin]                                                                                  (1)
    """
    return ops.take(value.rows, origin) if isinstance(value, ByOrigin) else value


def _largest(values: Iterable[Num]) -> Num:
    return ops.maximum(0.0, *values)


def _column(values: list[Num]) -> Any:
    """Return a single value as it is, several as a `ByOrigin`."""
    if len(values) == 1:
        return values[0]
    if any(isinstance(value, Traced) for value in values):
        return ByOrigin(ops.TracedColumn([as_traced(value) for value in values]))
    return ByOrigin(np.stack(np.broadcast_arrays(*values)))


def _by_country(makers: tuple[Maker, ...]) -> dict[str, Num]:
    """Return the share made in each country; a maker that builds in several is spread evenly over them."""
    sums: dict[str, Num] = {}
    for maker in makers:
        for country in maker.countries:
            share = maker.share / len(maker.countries)
            sums[country] = sums[country] + share if country in sums else share
    return sums
