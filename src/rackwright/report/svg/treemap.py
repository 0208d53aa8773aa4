"""A treemap of a sum: every part as an area in proportion to its share, parts of one group side by side.

References
----------
[1] Bruls, Huizing, van Wijk, "Squarified treemaps", Data Visualization 2000: rows are filled as long as that makes
    their worst aspect ratio smaller.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from rackwright.base.format import format_share, format_value
from rackwright.plan.document import BreakdownValue
from rackwright.report.svg.canvas import WIDE, Drawing
from rackwright.report.svg.palette import colour, hue
from rackwright.report.svg.text import NORMAL, SMALL, Box, fit, spoken, text_width

_HEAD = 20.0
_ROOM = 5.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One part on the map: which group it belongs to, and where it lies."""

    name: str
    group: int
    value: float
    box: Box


def draw_treemap(breakdown: BreakdownValue, width: float = WIDE, name: str = "") -> str:
    """Draw a breakdown as a treemap."""
    groups = grouped_parts(breakdown)
    whole = sum(value for parts in groups.values() for value in parts.values())
    height = 380.0 if width >= WIDE else 440.0
    title = f"{breakdown['label']}: {breakdown['text']}"
    largest = ", ".join(
        f"{head} {format_share(sum(parts.values()) / whole)}" for head, parts in list(groups.items())[:4]
    )
    drawing = Drawing(
        (width, height), title, f"Areas in proportion to each part. Largest groups: {largest or 'none'}.", name
    )
    if not groups:
        drawing.text(0.0, 20.0, "nothing to show", look="soft")
        return str(drawing)
    totals = [sum(parts.values()) for parts in groups.values()]
    for index, (box, (head, parts)) in enumerate(zip(squarify(totals, drawing.frame), groups.items(), strict=True)):
        _draw_group(drawing, box, (spoken(head), index), parts, breakdown["unit"], whole)
    return str(drawing)


def grouped_parts(breakdown: BreakdownValue) -> dict[str, dict[str, float]]:
    """Return {group: {part: value}} by the text before the first `/`, largest first; what has no area is left out."""
    groups: dict[str, dict[str, float]] = {}
    for part in breakdown["parts"]:
        if math.isfinite(part["value"]) and 0.0 < part["value"] < 1e290:
            head, _, rest = part["name"].partition("/")
            inner = groups.setdefault(head, {})
            inner[rest] = inner.get(rest, 0.0) + part["value"]
    ranked = sorted(groups.items(), key=lambda item: -sum(item[1].values()))
    largest = max((sum(parts.values()) for _, parts in ranked), default=0.0)
    shown = {head: parts for head, parts in ranked if sum(parts.values()) > 1e-9 * largest}
    return {head: dict(sorted(parts.items(), key=lambda item: -item[1])) for head, parts in shown.items()}


def _draw_group(
    drawing: Drawing, box: Box, group: tuple[str, int], parts: dict[str, float], unit: str, whole: float
) -> None:
    head, index = group
    total = sum(parts.values())
    drawing.rect(box, colour("paper"))
    single = len(parts) < 2 or box.height < 2.5 * _HEAD or box.width < 60.0
    drawing.rect(
        box, hue(index), opacity=0.3 if single else 0.2, edge=colour("paper"), tip=_tip(head, total, unit, whole)
    )
    drawing.rect(Box(box.x, box.y, box.width, min(3.0, box.height)), hue(index))
    if single:
        _write(drawing, box, (head or "other", format_value(total, unit), format_share(total / whole)), "bold")
        return
    value = format_value(total, unit)
    room = box.width - 2 * _ROOM
    drawing.text(box.x + _ROOM, box.y + 16.0, fit(f"{head} · {value}", room, 1.06 * NORMAL), look="bold")
    inner = Box(box.x, box.y + _HEAD, box.width, box.height - _HEAD)
    for cell, (part, amount) in zip(squarify(list(parts.values()), inner), parts.items(), strict=True):
        label = spoken(part) or "other"
        drawing.rect(
            cell, hue(index), opacity=0.14, edge=colour("paper"), tip=_tip(f"{head}: {label}", amount, unit, whole)
        )
        _write(drawing, cell, (label, format_value(amount, unit)))


def _tip(label: str, value: float, unit: str, whole: float) -> str:
    return f"{label}: {format_value(value, unit)}, {format_share(value / whole)}"


def _write(drawing: Drawing, box: Box, lines: tuple[str, ...], look: str = "") -> None:
    """Write as many lines as the cell has room for; none when not even a useful piece of the name fits."""
    room = box.width - 2 * _ROOM
    label, *others = lines
    shown = fit(label, room, 1.06 * NORMAL)
    if box.height < 22.0 or (len(shown) < len(label) and len(shown) < 5):
        return
    drawing.text(box.x + _ROOM, box.y + 17.0, shown, look=look)
    for line, text in enumerate(others):
        if box.height > 38.0 + 15.0 * line and text_width(text, SMALL) <= room:
            drawing.text(box.x + _ROOM, box.y + 33.0 + 15.0 * line, text, size=SMALL, look="soft")


def squarify(values: list[float], box: Box) -> list[Box]:
    """Cut `box` into one rectangle per positive value, areas in proportion, as square as can be [1]."""
    whole = sum(values)
    if not values or not whole > 0.0 or not math.isfinite(whole):
        return [Box(box.x, box.y, 0.0, 0.0) for _ in values]
    areas = [value / whole * box.width * box.height for value in values]
    boxes: list[Box] = []
    start = 0
    while start < len(areas):
        side = min(box.width, box.height)
        end = start + 1
        while end < len(areas) and _worst(areas[start : end + 1], side) <= _worst(areas[start:end], side):
            end += 1
        row, box = _lay(areas[start:end], box)
        boxes.extend(row)
        start = end
    return boxes


def _worst(areas: list[float], side: float) -> float:
    """Return the worst aspect ratio of a row of these areas along a side."""
    total = sum(areas)
    if side <= 0.0 or min(areas) <= 0.0:
        return math.inf
    return max(side * side * max(areas) / (total * total), total * total / (side * side * min(areas)))


def _lay(areas: list[float], box: Box) -> tuple[list[Box], Box]:
    """Lay one row along the shorter side; return its boxes and what is left."""
    total = sum(areas)
    boxes: list[Box] = []
    if box.width >= box.height:
        depth = min(total / box.height, box.width) if box.height > 0.0 else 0.0
        y = box.y
        for area in areas:
            height = area / depth if depth > 0.0 else 0.0
            boxes.append(Box(box.x, y, depth, height))
            y += height
        return boxes, Box(box.x + depth, box.y, box.width - depth, box.height)
    depth = min(total / box.width, box.height)
    x = box.x
    for area in areas:
        width = area / depth if depth > 0.0 else 0.0
        boxes.append(Box(x, box.y, width, depth))
        x += width
    return boxes, Box(box.x, box.y + depth, box.width, box.height - depth)
