"""From fact tables to what the supply room computes with; the only place that reads words such as `shipping`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.catalogue.catalogue import Catalogue
from rackwright.supply.makers import (
    FOUNDRIES,
    ORIGINS,
    components_of_parts,
    exposures_of,
    largest_maker,
    makers_of,
    over_parts,
)
from rackwright.supply.records import ChipSource, LeadTime, SourcingFacts, SourcingTerms, Supplier

AVAILABILITIES = ("accelerators-previous", "accelerators-current", "built-to-order", "accelerators-domestic")
_PREVIOUS, _CURRENT, _BUILT_TO_ORDER, _DOMESTIC = range(len(AVAILABILITIES))
# Makers that build for themselves (or for one buyer): no shelf holds their chips, so they are built to order.
_CAPTIVE = ("google", "aws", "amazon", "meta", "microsoft", "openai")
_DOMESTIC_MAKERS = ("huawei", "cambricon", "hygon", "biren", "moore threads")


def sourcing_facts(catalogue: Catalogue, mode: str) -> SourcingFacts:
    """Gather the facts for one kind of facility, `new-build` or `colocation`, in the view of the catalogue.

    Sources: data/lead_times.yaml, data/sourcing.yaml and data/suppliers.yaml, each row with its own.

    Raises
    ------
    UnknownNameError
        If there is no such kind of facility.
    """
    makers, components = makers_of(catalogue.table("suppliers", Supplier)), components_of_parts()
    lead_times = catalogue.table("lead_times", LeadTime)
    kinds: dict[str, dict[str, Num]] = {"part": {}, "equipment": {}, "chain": {}, "step": {}}
    accelerators: dict[str, Num] = {}
    for row in lead_times.ids:
        kind = lead_times.text(row, "kind")
        if row.startswith("accelerators-"):
            accelerators[row] = lead_times.one(row).time
        elif kind in kinds:
            kinds[kind][row] = lead_times.one(row).time
    return SourcingFacts(
        day=lead_times.one("day").time,
        terms=catalogue.table("sourcing", SourcingTerms).one(mode),
        parts=kinds["part"],
        equipment=kinds["equipment"],
        chain=kinds["chain"],
        steps=kinds["step"],
        accelerators=accelerators,
        part_class={row: lead_times.text(row, "part_class") for row in kinds["part"]},
        components=components,
        makers=makers,
        exposures=exposures_of(components, makers),
        largest_maker=over_parts(components, makers, largest_maker),
    )


@dataclass(frozen=True)
class ChipOrigins:
    """Where each accelerator of a table comes from and when: one entry per row of the table.

    availability : position in `AVAILABILITIES`
    origin : position in `ORIGINS`
    days : from the order to the release; 0 when it is on the market
    """

    availability: NDArray[np.intp]
    origin: NDArray[np.intp]
    days: NDArray[np.float64]

    def take(self, code: NDArray[np.intp] | int, facts: SourcingFacts) -> ChipSource:
        """Return how the accelerators at integer codes are bought; shapes as in `Table.take`."""
        chain = facts.chain
        fabrication = ops.maximum(chain["wafers"], chain["hbm"])
        times: Mapping[str, Num] = {
            **facts.accelerators,
            "built-to-order": fabrication + chain["packaging"] + chain["trays"],
        }
        return ChipSource(
            lead_time=ops.choose(self.availability[code], [times[name] for name in AVAILABILITIES]),
            available_in=ops.take(self.days, code) * facts.day,
            origin=self.origin[code],
        )


def chip_origins(catalogue: Catalogue, order_date: date) -> ChipOrigins:
    """Read availability, foundry and release of every accelerator, as seen on the day of the order.

    days = max(0, release date - order date),   available_in = days x one day                             (1)

    An accelerator is previous generation when it was released more than the `generation` rule before the order, current
    otherwise; chips that their owner builds for himself are built to order from wafer start; those of Chinese makers
    have a lead time of their own. A release date may be a day, month, quarter, half or year: its last day counts.
    Memory that is not named counts as HBM.

    Sources: text attributes vendor, process_node, memory_type and release_date of the table of accelerators.
    """
    accelerators = catalogue.accelerators
    lead_times = catalogue.table("lead_times", LeadTime)
    generation = lead_times.fact("generation", "time").value / lead_times.fact("day", "time").value
    rows = []
    for name in accelerators.ids:
        vendor = accelerators.text(name, "vendor").lower()
        wait = float((_last_day(accelerators.text(name, "release_date"), order_date) - order_date).days)
        foundry = _foundry(accelerators.text(name, "process_node").lower())
        origin = ORIGINS.index((foundry, "hbm" in accelerators.text(name, "memory_type", "HBM").lower()))
        rows.append((_availability(vendor, -wait > generation), origin, max(0.0, wait)))
    availability, origins, days = zip(*rows, strict=True)
    return ChipOrigins(np.array(availability, np.intp), np.array(origins, np.intp), np.array(days, float))


def _availability(vendor: str, is_old: bool) -> int:
    if any(maker in vendor for maker in _DOMESTIC_MAKERS):
        return _DOMESTIC
    if any(maker in vendor for maker in _CAPTIVE):
        return _BUILT_TO_ORDER
    return _PREVIOUS if is_old else _CURRENT


def _foundry(node: str) -> str:
    """Return the foundry; a chip that may come from SMIC counts as SMIC's, one of an unnamed foundry as TSMC's."""
    named = [foundry for foundry in ("smic", *FOUNDRIES) if foundry in node]
    return named[0] if named else "tsmc"


def _last_day(text: str, otherwise: date) -> date:
    """Return the last day that `2026-09-30`, `2026-09`, `2026-Q3`, `2026-H2` or `2026` may mean."""
    match = re.match(r"(\d{4})(?:-?(?:(\d{2})(?:-(\d{2}))?|Q([1-4])|H([12])))?", text.strip())
    if match is None:
        return otherwise
    year, month, day, quarter, half = (int(group) if group else 0 for group in match.groups())
    month = min(month or 3 * quarter or 6 * half or 12, 12)
    last = monthrange(max(year, 1), month)[1]
    return date(max(year, 1), month, min(day, last) if day else last)
