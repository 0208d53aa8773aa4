"""Horizontal bars: the parts of a sum, largest first."""

from __future__ import annotations

import math

from rackwright.base.format import format_share, format_value
from rackwright.plan.document import BreakdownPart, BreakdownValue
from rackwright.report.svg.canvas import WIDE, Drawing
from rackwright.report.svg.palette import colour
from rackwright.report.svg.scale import drawable, finite
from rackwright.report.svg.text import SMALL, Box, fit, spoken, text_width

_MOST = 12
_ROW, _TALL_ROW = 24.0, 38.0


def draw_bars(breakdown: BreakdownValue, width: float = WIDE, name: str = "") -> str:
    """Draw the parts of a breakdown as bars, those after the twelfth together."""
    parts = _largest(breakdown)
    title = f"{breakdown['label']}: {breakdown['text']}"
    whole = sum(drawable(part["value"] for part in breakdown["parts"]))
    listed = ", ".join(f"{part['name']} {part['text']}" for part in parts[:3])
    wide = width >= WIDE
    row = _ROW if wide else _TALL_ROW
    drawing = Drawing(
        (width, max(len(parts), 1) * row + 4.0), title, f"Bars, largest first: {listed or 'no parts'}.", name
    )
    texts = [_value_text(part, whole) for part in parts]
    label_room = 0.34 * width if wide else 0.0
    value_room = max((text_width(text, SMALL) for text in texts), default=0.0) + 12.0
    span = width - label_room - value_room
    largest = max((abs(finite(part["value"])) for part in parts), default=0.0) or 1.0
    for index, (part, text) in enumerate(zip(parts, texts, strict=True)):
        top = index * row
        length = max(abs(finite(part["value"])) / largest * span, 0.0)
        label = spoken(part["name"])
        bar = Box(label_room, top + (5.0 if wide else 18.0), max(length, 1.0), 14.0)
        if wide:
            drawing.text(label_room - 8.0, top + 16.0, fit(label, label_room - 12.0), anchor="end")
        else:
            drawing.text(0.0, top + 13.0, label)
        drawing.rect(bar, colour("c6" if part["value"] < 0 else "c1"), radius=2.0, tip=f"{label}: {text}")
        drawing.text(bar.right + 6.0, bar.y + 11.0, text, size=SMALL, look="soft")
    if not parts:
        drawing.text(0.0, 16.0, "nothing to show", look="soft")
    return str(drawing)


def _value_text(part: BreakdownPart, whole: float) -> str:
    share = part["value"] / whole if whole > 0.0 and math.isfinite(part["value"]) else math.nan
    return f"{part['text']} · {format_share(share)}" if math.isfinite(share) else part["text"]


def _largest(breakdown: BreakdownValue) -> list[BreakdownPart]:
    """Return the parts worth a bar, largest first; the tail becomes one part."""
    known = [part for part in breakdown["parts"] if math.isfinite(part["value"]) and part["value"] != 0.0]
    ranked = sorted(known, key=lambda part: -abs(part["value"]))
    if len(ranked) <= _MOST:
        return ranked
    tail = ranked[_MOST - 1 :]
    rest = sum(drawable(part["value"] for part in tail))
    other = BreakdownPart(name=f"{len(tail)} others", value=rest, text=format_value(rest, breakdown["unit"]))
    return [*ranked[: _MOST - 1], other]
