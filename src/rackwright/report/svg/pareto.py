"""The Pareto front: designs that no other beats in every objective, among those that some other does."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rackwright.plan.document import Pareto, ParetoPoint
from rackwright.report.svg.axes import draw_ticks_below, draw_ticks_beside
from rackwright.report.svg.canvas import WIDE, Drawing, legend_height
from rackwright.report.svg.palette import colour
from rackwright.report.svg.scale import Axis, linear_axis, log_axis
from rackwright.report.svg.text import SMALL, Box, fit, place_beside, text_width

_HIGH, _GAP = 300.0, 30.0
_LEFT, _BOTTOM = 84.0, 44.0
_MOST_PANELS = 4
_MOST_LIGHT = 1500
_DECADE = 30.0
_ALIKE = 0.05
_LEGEND = (
    (colour("accent"), "recommended"),
    (colour("c1"), "on the front, numbered as in the table"),
    (colour("dull"), "beaten by another design"),
)


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of objectives in one part of the drawing."""

    x: Axis
    y: Axis
    across: int
    up: int


def draw_pareto(pareto: Pareto, width: float = WIDE, name: str = "") -> str:
    """Draw the first objective against each other one; numbers on the front are those of the table."""
    count = len(pareto["objectives"])
    points = [point for point in pareto["points"] if _known(point["values"], count)]
    pairs = [(0, index) for index in range(1, count)][:_MOST_PANELS] or ([(0, 0)] if count else [])
    columns = 2 if width >= WIDE and len(pairs) > 1 else 1
    rows = math.ceil(len(pairs) / columns) if points else 0
    front = sum(point["front"] for point in points)
    chosen = next((point for point in points if point["recommended"]), None)
    description = f"{len(points)} designs, {front} on the front; lower is better on every axis." + (
        f" Recommended: {chosen['label']}, {', '.join(chosen['texts'])}." if chosen else ""
    )
    size = (width, max(rows * (_HIGH + _GAP), 30.0) + legend_height(_LEGEND, width))
    drawing = Drawing(size, f"Pareto front over {_and(pareto['labels'])}", description, name)
    if not points or not pairs:
        drawing.text(0.0, 20.0, "no design to compare", look="soft")
        return str(drawing)
    for index, pair in enumerate(pairs):
        wide = width / columns
        corner = (index % columns * wide, index // columns * (_HIGH + _GAP))
        _draw_panel(drawing, pareto, points, pair, Box(*corner, wide, _HIGH))
    drawing.legend(0.0, rows * (_HIGH + _GAP), _LEGEND, lambda index, x, y: _sign(drawing, index, x, y))
    return str(drawing)


def _known(values: list[float], count: int) -> bool:
    return len(values) == count and all(math.isfinite(value) and abs(value) < 1e290 for value in values)


def front_numbers(pareto: Pareto) -> dict[int, int]:
    """Return {index of a point: its number on the front}, in the order of the first objective."""
    front = [index for index, point in enumerate(pareto["points"]) if point["front"] and point["values"]]
    ranked = sorted(front, key=lambda index: _ordered(pareto["points"][index]["values"]))
    return {index: place + 1 for place, index in enumerate(ranked)}


def _ordered(values: list[float]) -> list[float]:
    return [value if math.isfinite(value) else math.inf for value in values]


def _and(labels: list[str]) -> str:
    return " and ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels) or "nothing"


def _axis(values: list[float], unit: str, span: tuple[float, float]) -> Axis:
    positive = [value for value in values if value > 0.0]
    if len(positive) == len(values) and max(values) / min(values) > _DECADE:
        return log_axis(values, unit, span, room=1.25)
    low, high = min(values), max(values)
    if abs(high - low) < _ALIKE * max(abs(low), abs(high)):
        # Values that are all but the same stay together instead of being torn apart by the axis.
        values = [low - _ALIKE * abs(low), high + _ALIKE * abs(high)]
    return linear_axis(values, unit, span, zero=False, ticks=4)


def _draw_panel(drawing: Drawing, pareto: Pareto, points: list[ParetoPoint], pair: tuple[int, int], box: Box) -> None:
    across, up = pair
    span_x, span_y = (box.x + _LEFT, box.right - 16.0), (box.bottom - _BOTTOM, box.y + 26.0)
    panel = Panel(
        _axis([point["values"][across] for point in points], pareto["units"][across], span_x),
        _axis([point["values"][up] for point in points], pareto["units"][up], span_y),
        across,
        up,
    )
    _draw_axes(drawing, panel, pareto, box)
    dull = [point for point in points if not point["front"] and not point["recommended"]]
    for point in dull[:_MOST_LIGHT]:
        drawing.circle(*_place(panel, point), 2.6, colour("dull"), tip=_tip(point))
    numbers = front_numbers(pareto)
    order = {id(point): numbers.get(index, 0) for index, point in enumerate(pareto["points"])}
    front = sorted((point for point in points if point["front"]), key=lambda point: order[id(point)])
    for point in front:
        drawing.circle(*_place(panel, point), 5.0, colour("c1"), tip=_tip(point), edge=colour("paper"))
    chosen = [point for point in points if point["recommended"]]
    for point in chosen:
        _star(drawing, *_place(panel, point), _tip(point))
    _label(drawing, panel, (chosen, front), order)


def _draw_axes(drawing: Drawing, panel: Panel, pareto: Pareto, box: Box) -> None:
    x, y = panel.x, panel.y
    draw_ticks_below(drawing, x, y.end, y.start, count=4)
    draw_ticks_beside(drawing, y, x.start, x.end, room=_LEFT - 8.0)
    room = box.width - 8.0
    drawing.text(box.x, box.y + 12.0, fit(f"↑ {pareto['labels'][panel.up]}", room, SMALL), size=SMALL)
    drawing.text(
        x.end, y.start + 34.0, fit(f"{pareto['labels'][panel.across]} →", room, SMALL), size=SMALL, anchor="end"
    )


def _place(panel: Panel, point: ParetoPoint) -> tuple[float, float]:
    return panel.x.at(point["values"][panel.across]), panel.y.at(point["values"][panel.up])


def _tip(point: ParetoPoint) -> str:
    return f"{point['label']}: {', '.join(point['texts'])}"


def _label(
    drawing: Drawing, panel: Panel, marked: tuple[list[ParetoPoint], list[ParetoPoint]], order: dict[int, int]
) -> None:
    chosen, front = marked
    frame = Box(
        panel.x.start, panel.y.end - 14.0, panel.x.end - panel.x.start + 14.0, panel.y.start - panel.y.end + 14.0
    )
    taken = [Box(x - 5.0, y - 5.0, 10.0, 10.0) for x, y in (_place(panel, point) for point in front)]
    for point in [*chosen, *(point for point in front if not point["recommended"])]:
        x, y = _place(panel, point)
        bold = point["recommended"]
        text = fit(point["label"], 0.55 * frame.width, SMALL) if bold else str(order[id(point)])
        box = place_beside(x, y, text_width(text, SMALL) * 1.08, taken, frame)
        if box is None and bold:
            text = str(order[id(point)] or "")
            box = place_beside(x, y, text_width(text, SMALL), taken, frame)
        if box:
            taken.append(box)
            drawing.text(box.x, box.bottom - 4.0, text, size=SMALL, look="halo bold" if bold else "halo soft")


def _sign(drawing: Drawing, index: int, x: float, y: float) -> None:
    """Draw the sign of a legend entry as it stands in the panels."""
    if index == 0:
        _star(drawing, x, y, "")
    else:
        drawing.circle(x, y, 5.0 if index == 1 else 2.6, _LEGEND[index][0])


def _star(drawing: Drawing, x: float, y: float, tip: str) -> None:
    corners = []
    for index in range(10):
        reach = 10.0 if index % 2 == 0 else 4.4
        angle = math.pi * (index / 5 - 0.5)
        corners.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    drawing.polygon(corners, colour("accent"), tip=tip, edge=colour("paper"))
