"""Grid lines and tick labels, no label touching the next or leaving the frame."""

from __future__ import annotations

from rackwright.report.svg.canvas import Drawing
from rackwright.report.svg.scale import Axis
from rackwright.report.svg.text import SMALL, fit, text_width


def draw_ticks_below(
    drawing: Drawing, axis: Axis, top: float, bottom: float, *, count: int = 5, zero: str = ""
) -> None:
    """Draw vertical grid lines from top to bottom and their labels below; `zero` replaces the label of the origin."""
    end = -1e9
    for tick in axis.ticks(count):
        at, label = axis.pixel(tick), axis.label(tick) if tick or not zero else zero
        drawing.line((at, top), (at, bottom))
        half = text_width(label, SMALL) / 2
        middle = centred(at, label, drawing.frame.width, SMALL)
        if middle - half > end + 8.0:
            drawing.text(middle, bottom + 16.0, label, size=SMALL, anchor="middle", look="soft")
            end = middle + half


def draw_ticks_beside(drawing: Drawing, axis: Axis, left: float, right: float, *, room: float) -> None:
    """Draw horizontal grid lines from left to right and their labels, `room` wide at most, to the left."""
    for tick in axis.ticks(5):
        at = axis.pixel(tick)
        drawing.line((left, at), (right, at))
        label = fit(axis.label(tick), room, SMALL)
        drawing.text(left - 6.0, at + 4.0, label, size=SMALL, anchor="end", look="soft")


def centred(x: float, text: str, width: float, size: float) -> float:
    """Move the middle of a centred label inwards until the label lies within a frame of this width."""
    half = text_width(text, size) / 2
    return min(max(x, half), max(width - half, half))
