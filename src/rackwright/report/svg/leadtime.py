"""Lead-time bars: the critical path to first tokens in sequence, and when each class of part can arrive."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rackwright.base.format import format_alike, format_value
from rackwright.plan.document import BreakdownValue
from rackwright.report.svg.axes import draw_ticks_below
from rackwright.report.svg.canvas import WIDE, Drawing
from rackwright.report.svg.palette import colour
from rackwright.report.svg.scale import Axis, linear_axis
from rackwright.report.svg.text import SMALL, Box, fit, spoken

_ROW = 24.0
_HEAD = 26.0


@dataclass(frozen=True, slots=True)
class Span:
    """One bar: a step on the critical path, or the lead time of a part class that runs beside it."""

    name: str
    start: float
    end: float
    critical: bool


def draw_lead_times(steps: BreakdownValue, lead_times: BreakdownValue, width: float = WIDE, name: str = "") -> str:
    """Draw the steps in sequence and the lead times in parallel, from the day of the order."""
    path, beside = spans_of(steps, lead_times)
    end = max((span.end for span in path), default=0.0)
    wide = width >= WIDE
    row = _ROW if wide else 1.7 * _ROW
    heads = bool(path) + bool(beside)
    height = heads * _HEAD + (len(path) + len(beside)) * row + 40.0
    listed = ", ".join(f"{span.name} {format_value(span.end - span.start, 's')}" for span in path[:5])
    description = f"Critical path: {listed or 'unknown'}. First tokens after {format_value(end, 's')}."
    drawing = Drawing((width, height), "From order to first tokens", description, name)
    if not path and not beside:
        drawing.text(0.0, 20.0, "no dates are known", look="soft")
        return str(drawing)
    left = 0.3 * width if wide else 0.0
    axis = linear_axis([span.end for span in (*path, *beside)], "s", (left, width - 84.0))
    bottom = height - 36.0
    draw_ticks_below(drawing, axis, 4.0, bottom, count=6 if wide else 4, zero="order")
    if path:
        drawing.line((axis.at(end), 4.0), (axis.at(end), bottom), colour("warn"), width=1.5, dash="4 3")
        drawing.text(axis.at(end) - 6.0, 17.0, "first tokens", size=SMALL, anchor="end", look="halo warn")
    top = 0.0
    for title, spans in (("Critical path", path), ("Lead times, in parallel", beside)):
        if spans:
            drawing.text(0.0, top + 17.0, title, look="bold")
            top = _draw_rows(drawing, axis, spans, top + _HEAD, row)
    return str(drawing)


def spans_of(steps: BreakdownValue, lead_times: BreakdownValue) -> tuple[list[Span], list[Span]]:
    """Return the steps one after the other, and the lead times from zero, longest first."""
    path: list[Span] = []
    clock = 0.0
    for part in steps["parts"]:
        if math.isfinite(part["value"]) and 0.0 < part["value"] < 1e200:
            path.append(Span(part["name"], clock, clock + part["value"], critical=True))
            clock += part["value"]
    beside = [
        Span(part["name"], 0.0, part["value"], critical=False)
        for part in lead_times["parts"]
        if math.isfinite(part["value"]) and 0.0 < part["value"] < 1e200
    ]
    return path, sorted(beside, key=lambda span: -span.end)


def _draw_rows(drawing: Drawing, axis: Axis, spans: list[Span], top: float, row: float) -> float:
    wide = axis.start > 0.0
    durations = format_alike([span.end - span.start for span in spans], "s")
    for span, duration in zip(spans, durations, strict=True):
        label = spoken(span.name)
        y = top + (4.0 if wide else 18.0)
        if wide:
            drawing.text(0.0, y + 12.0, fit(label, axis.start - 10.0))
        else:
            drawing.text(0.0, top + 13.0, label)
        start, end = axis.at(span.start), axis.at(span.end)
        paint = colour("c2" if span.critical else "c1")
        drawing.rect(Box(start, y, max(end - start, 2.0), 15.0), paint, radius=2.0, tip=f"{label}: {duration}")
        drawing.text(end + 6.0, y + 12.0, duration, size=SMALL, look="halo soft")
        top += row
    return top
