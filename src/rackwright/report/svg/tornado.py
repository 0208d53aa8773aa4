"""A tornado: how far each uncertain fact alone moves a metric, widest first."""

from __future__ import annotations

import math

from rackwright.base.format import format_value
from rackwright.plan.document import Tornado, TornadoBar
from rackwright.report.svg.axes import centred, draw_ticks_below
from rackwright.report.svg.canvas import WIDE, Drawing
from rackwright.report.svg.palette import colour
from rackwright.report.svg.scale import Axis, linear_axis
from rackwright.report.svg.text import NORMAL, SMALL, Box, fit

_MOST = 12
_LEAST = 0.02
_ENDS = 74.0


def draw_tornado(tornado: Tornado, width: float = WIDE, name: str = "") -> str:
    """Draw the bars of a tornado around the recommended value."""
    bars = ranked_bars(tornado)
    wide = width >= WIDE
    row = 28.0 if wide else 44.0
    title = f"What moves {tornado['label']} most"
    listed = "; ".join(
        f"{bar['label']} from {_end(tornado, bar['at_low'])} to {_end(tornado, bar['at_high'])}" for bar in bars[:3]
    )
    base = format_value(tornado["base"], tornado["unit"])
    drawing = Drawing(
        (width, 30.0 + max(len(bars), 1) * row + 46.0), title, f"Around {base}: {listed or 'no range is known'}.", name
    )
    if not bars:
        drawing.text(0.0, 20.0, "no fact behind this number has a range", look="soft")
        return str(drawing)
    left = 0.36 * width if wide else 0.0
    values = [tornado["base"], *(bar["at_low"] for bar in bars), *(bar["at_high"] for bar in bars)]
    axis = linear_axis(values, tornado["unit"], (left + _ENDS, width - _ENDS), zero=False)
    bottom = 30.0 + len(bars) * row
    draw_ticks_below(drawing, axis, 24.0, bottom, count=4)
    for index, bar in enumerate(bars):
        _draw_bar(drawing, axis, bar, tornado, (30.0 + index * row, left))
    middle = axis.at(tornado["base"])
    drawing.line((middle, 22.0), (middle, bottom + 4.0), colour("ink"))
    drawing.text(
        centred(middle, f"now {base}", width, 1.06 * NORMAL), 14.0, f"now {base}", anchor="middle", look="bold"
    )
    drawing.legend(left, bottom + 28.0, ((colour("c1"), "fact at its low end"), (colour("c2"), "fact at its high end")))
    return str(drawing)


def ranked_bars(tornado: Tornado) -> list[TornadoBar]:
    """Return the bars that can be drawn, widest first."""
    known = [bar for bar in tornado["bars"] if math.isfinite(bar["at_low"]) and math.isfinite(bar["at_high"])]
    if not math.isfinite(tornado["base"]):
        return []
    ranked = sorted(known, key=lambda bar: -_swing(bar, tornado["base"]))[:_MOST]
    return [bar for bar in ranked if _swing(bar, tornado["base"]) >= _LEAST * _swing(ranked[0], tornado["base"])]


def _swing(bar: TornadoBar, base: float) -> float:
    """Return half the span of a bar, which always reaches the base; half, so that it cannot overflow."""
    ends = (bar["at_low"], bar["at_high"], base)
    return max(ends) / 2 - min(ends) / 2


def _draw_bar(drawing: Drawing, axis: Axis, bar: TornadoBar, tornado: Tornado, place: tuple[float, float]) -> None:
    top, left = place
    wide = left > 0.0
    y = top + (6.0 if wide else 22.0)
    mark = " ?" if bar["grade"] in ("assumed", "memory") else ""
    label = bar["label"] + mark
    if wide:
        drawing.text(0.0, y + 12.0, fit(label, left - 8.0))
    else:
        drawing.text(0.0, top + 14.0, label, look="halo")
    middle = axis.at(tornado["base"])
    for value, paint, text in (
        (bar["at_low"], "c1", bar["fact_low_text"]),
        (bar["at_high"], "c2", bar["fact_high_text"]),
    ):
        end = axis.at(value)
        tip = f"{bar['label']} at {text}: {_end(tornado, value)}"
        drawing.rect(Box(min(middle, end), y, abs(end - middle), 16.0), colour(paint), tip=tip)
    _write_ends(drawing, axis, bar, middle, y + 12.0)


def _write_ends(drawing: Drawing, axis: Axis, bar: TornadoBar, middle: float, y: float) -> None:
    """Write what the fact is at either end of its bar, outside the bar; where both lie on one side, the farther one."""
    ends = sorted(((axis.at(bar["at_low"]), bar["fact_low_text"]), (axis.at(bar["at_high"]), bar["fact_high_text"])))
    (left, low), (right, high) = ends
    if left < middle or right <= middle:
        room = left - (axis.start - _ENDS) - 6.0
        drawing.text(left - 4.0, y, fit(low, room, SMALL), size=SMALL, anchor="end", look="halo soft")
    if right > middle or left >= middle:
        drawing.text(right + 4.0, y, fit(high, axis.end + _ENDS - right - 6.0, SMALL), size=SMALL, look="halo soft")


def _end(tornado: Tornado, value: float) -> str:
    return format_value(value, tornado["unit"])
