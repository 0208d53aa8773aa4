"""Figures of the page: each drawing for a wide and a narrow column, with its caption and its twin as a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rackwright.base.format import UNKNOWN, format_number, format_share, format_value
from rackwright.plan.document import BreakdownValue, Pareto, RackView, WorkloadAnswer
from rackwright.report.svg.bands import draw_bands
from rackwright.report.svg.bars import draw_bars
from rackwright.report.svg.canvas import NARROW, WIDE
from rackwright.report.svg.leadtime import draw_lead_times
from rackwright.report.svg.pareto import draw_pareto, front_numbers
from rackwright.report.svg.rack import draw_racks
from rackwright.report.svg.roofline import draw_roofline
from rackwright.report.svg.sankey import draw_sankey
from rackwright.report.svg.text import spoken
from rackwright.report.svg.tornado import draw_tornado
from rackwright.report.svg.treemap import draw_treemap
from rackwright.report.views import critical_path_of, lead_times_of, signed_share

_MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers behind a drawing; `right` holds the columns that align right."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[int] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing in two widths with a title, what to see in it, and its numbers."""

    title: str
    caption: str
    wide: str
    narrow: str
    table: Table


def _figure(title: str, caption: str, draw: Callable[[float], str], table: Table) -> Figure:
    left_out = max(len(table.rows) - _MOST_ROWS, 0)
    shown = Table(table.heads, table.rows[:_MOST_ROWS], table.right, left_out)
    return Figure(title, caption, draw(WIDE), draw(NARROW), shown)


def racks_figure(answer: WorkloadAnswer, name: str) -> Figure | None:
    """Return the rack elevations."""
    racks = answer["racks"]
    if not racks:
        return None
    rows = [
        [rack["name"], f"{rack['count']:,}", item["name"], f"{item['count']:,}", _units(item["units"])]
        for rack in racks
        for item in rack["items"]
    ]
    total = sum(rack["count"] for rack in racks)
    caption = f"{total:,} rack{'s' if total != 1 else ''} of {_kinds(racks)}, contents to scale, bottom to top."
    table = Table(["Rack", "Racks", "Holds", "Count", "Height each"], rows, (1, 3, 4))
    return _figure("The racks", caption, lambda width: draw_racks(racks, width, name), table)


def _kinds(racks: list[RackView]) -> str:
    return "one kind" if len(racks) == 1 else f"{len(racks)} kinds"


def _units(units: float) -> str:
    return f"{format_number(units)}U" if math.isfinite(units) else UNKNOWN


def power_figure(answer: WorkloadAnswer, name: str) -> Figure | None:
    """Return the power Sankey."""
    flows = answer["power_flow"]
    if not flows:
        return None
    table = Table(["From", "To", "Power"], [[flow["source"], flow["target"], flow["text"]] for flow in flows], (2,))
    caption = "Every watt from the grid to the die; overhead and losses, in amber, branch off where they arise."
    return _figure("Where the power goes", caption, lambda width: draw_sankey(flows, width, name), table)


def roofline_figure(answer: WorkloadAnswer, name: str) -> Figure | None:
    """Return the roofline with the workload's operators."""
    roofline = answer["roofline"]
    if not roofline["points"]:
        return None
    rows = [
        [
            point["name"],
            point["phase"],
            f"{format_number(point['intensity'])} FLOP/B",
            format_value(point["achieved"], "FLOP/s"),
            format_share(point["share"]),
        ]
        for point in roofline["points"]
    ]
    table = Table(["Operator", "Phase", "Intensity", "Reaches", "Share of time"], rows, (2, 3, 4))
    caption = (
        "Operators under the slope wait for memory, those under the flat roof for arithmetic; size is share of time."
    )
    title = f"What limits the {roofline['accelerator']}"
    return _figure(title, caption, lambda width: draw_roofline(roofline, width, name), table)


def pareto_figure(pareto: Pareto, name: str) -> Figure | None:
    """Return the Pareto front."""
    if not pareto["points"]:
        return None
    numbers = front_numbers(pareto)
    order = sorted(range(len(pareto["points"])), key=lambda index: numbers.get(index, len(pareto["points"]) + index))
    rows = []
    for index in order:
        point = pareto["points"][index]
        word = "recommended" if point["recommended"] else "front" if point["front"] else "beaten"
        rows.append([str(numbers.get(index, "")), point["label"], *point["texts"], word])
    table = Table(["No.", "Design", *pareto["labels"], ""], rows, tuple(range(2, 2 + len(pareto["labels"]))))
    caption = "Lower is better on every axis. No design on the front is beaten by another in all objectives."
    return _figure("What else was possible", caption, lambda width: draw_pareto(pareto, width, name), table)


def bands_figure(answer: WorkloadAnswer, name: str) -> Figure | None:
    """Return the P10-P50-P90 bars."""
    bands = answer["bands"]
    if not bands:
        return None
    rows = [
        [band["label"], *(format_value(band[key], band["unit"]) for key in ("p10", "p50", "p90"))] for band in bands
    ]
    caption = "Eight of ten outcomes fall within a bar, given the ranges of the facts and the model's own error."
    table = Table(["Number", "P10", "P50", "P90"], rows, (1, 2, 3))
    return _figure("P10, P50 and P90", caption, lambda width: draw_bands(bands, width, name), table)


def tornado_figure(answer: WorkloadAnswer, name: str) -> Figure | None:
    """Return the tornado."""
    tornado = answer["tornado"]
    if not tornado["bars"]:
        return None
    base = tornado["base"]
    rows = []
    for bar in tornado["bars"]:
        ends = [bar["at_low"], bar["at_high"]]
        changes = [signed_share(end / base - 1.0) if base else UNKNOWN for end in ends]
        rows.append([bar["label"], bar["fact_low_text"], changes[0], bar["fact_high_text"], changes[1], bar["grade"]])
    table = Table(["Fact", "Low", "Result at low", "High", "Result at high", "Grade"], rows, (1, 2, 3, 4))
    caption = "Each fact alone moved from the low to the high end of its range; a ? marks a fact nobody has published."
    return _figure(f"What moves {tornado['label']}", caption, lambda width: draw_tornado(tornado, width, name), table)


def dates_figure(answer: WorkloadAnswer, name: str) -> Figure | None:
    """Return the critical path and the lead times."""
    empty = BreakdownValue(label="", unit="s", total=0.0, text="", parts=[])
    steps, leads = critical_path_of(answer) or empty, lead_times_of(answer) or empty
    if not steps["parts"] and not leads["parts"]:
        return None
    rows = [["step", spoken(part["name"]), part["text"]] for part in steps["parts"]]
    rows += [["lead time", spoken(part["name"]), part["text"]] for part in leads["parts"]]
    caption = "Steps of the critical path follow each other; lead times run beside them from the day of the order."
    table = Table(["", "What", "Duration"], rows, (2,))
    return _figure(
        "From order to first tokens", caption, lambda width: draw_lead_times(steps, leads, width, name), table
    )


def breakdown_figure(key: str, breakdown: BreakdownValue, name: str) -> Figure | None:
    """Return a treemap for capital cost, bars for any other sum."""
    if not breakdown["parts"]:
        return None
    total = breakdown["total"]
    rows = []
    for part in breakdown["parts"]:
        share = part["value"] / total if total else math.nan
        rows.append([spoken(part["name"]), part["text"], format_share(share) if math.isfinite(share) else UNKNOWN])
    rows.append(["Total", breakdown["text"], ""])
    table = Table(["Part", breakdown["label"], "Share"], rows, (1, 2))
    if breakdown["unit"] == "USD" and "capex" in key.lower():
        caption = f"{breakdown['text']} in all; areas in proportion."
        return _figure(breakdown["label"], caption, lambda width: draw_treemap(breakdown, width, name), table)
    caption = f"{breakdown['text']} in all, largest part first."
    return _figure(breakdown["label"], caption, lambda width: draw_bars(breakdown, width, name), table)


def part_figures(answer: WorkloadAnswer, name: str) -> list[Figure]:
    """Return what the design is made of: racks, power, cost, dates, roofline, then every other sum."""
    special = [item for item in (critical_path_of(answer), lead_times_of(answer)) if item is not None]
    sums = [(key, value) for key, value in answer["breakdowns"].items() if not any(value is item for item in special)]
    sums.sort(key=lambda pair: "capex" not in pair[0].lower())
    drawn = [breakdown_figure(key, value, f"{name}-{key}") for key, value in sums]
    first = [racks_figure(answer, name), power_figure(answer, name)]
    found = [*first, *drawn[:1], dates_figure(answer, name), roofline_figure(answer, name), *drawn[1:]]
    return [figure for figure in found if figure is not None]
