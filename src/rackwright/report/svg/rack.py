"""Rack elevations: what stands in each kind of rack, bottom to top, to scale."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rackwright.plan.document import RackView
from rackwright.report.svg.canvas import WIDE, Drawing
from rackwright.report.svg.palette import colour
from rackwright.report.svg.text import NORMAL, SMALL, Box, fit, spread, text_width

_KINDS = {
    "compute": "c1",
    "network": "c3",
    "switch": "c3",
    "power": "c2",
    "cooling": "c5",
    "storage": "c7",
    "management": "c4",
}
_MOST_RACKS = 6
_MOST_SLABS = 60
_TALLEST = 70.0
_BODY = 108.0
_RULER = 26.0
_HEAD = 44.0


@dataclass(frozen=True, slots=True)
class Run:
    """Like things on top of each other: name, kind, number, and where they begin and end in rack units."""

    name: str
    kind: str
    count: int
    bottom: float
    top: float


def draw_racks(racks: list[RackView], width: float = WIDE, name: str = "") -> str:
    """Draw one elevation per kind of rack, as many beside each other as fit."""
    shown = racks[:_MOST_RACKS]
    columns = max(1, min(len(shown), 2 if width >= WIDE else 1))
    column = width / columns
    tops = [max(_height(rack), 1.0) for rack in shown]
    per_unit = [min(9.0, 400.0 / top) for top in tops]
    rows = [range(start, min(start + columns, len(shown))) for start in range(0, len(shown), columns)]
    heights = [_HEAD + max(tops[index] * per_unit[index] for index in row) + 26.0 for row in rows]
    listed = "; ".join(f"{rack['count']} × {rack['name']}: {_contents(rack)}" for rack in shown)
    title = "Rack elevation" if len(shown) == 1 else "Rack elevations"
    drawing = Drawing((width, sum(heights) or 30.0), title, listed or "No racks.", name)
    if not shown:
        drawing.text(0.0, 20.0, "no racks", look="soft")
    top = 0.0
    for row, height in zip(rows, heights, strict=True):
        for place, index in enumerate(row):
            body = Box(place * column + _RULER, top + _HEAD, _BODY, tops[index] * per_unit[index])
            _draw_rack(drawing, shown[index], body, (place + 1) * column - 12.0, tops[index])
        top += height
    return str(drawing)


def runs_of(rack: RackView) -> list[Run]:
    """Return the contents as runs, bottom to top; neighbours of the same name become one."""
    runs: list[Run] = []
    level = 0.0
    for item in rack["items"]:
        each = item["units"] if math.isfinite(item["units"]) and item["units"] > 0.0 else 0.0
        count = max(int(item["count"]), 0)
        top = level + min(each * count, 10.0 * _TALLEST)
        if top == level:
            continue
        if runs and runs[-1].name == item["name"]:
            runs[-1] = Run(item["name"], item["kind"], runs[-1].count + count, runs[-1].bottom, top)
        else:
            runs.append(Run(item["name"], item["kind"], count, level, top))
        level = top
    return runs


def _height(rack: RackView) -> float:
    filled = max((run.top for run in runs_of(rack)), default=0.0)
    stated = rack["height"] if math.isfinite(rack["height"]) and 0.0 < rack["height"] <= 2 * _TALLEST else 0.0
    return max(filled, stated)


def _contents(rack: RackView) -> str:
    return ", ".join(f"{run.count} {run.name}" for run in runs_of(rack)) or "empty"


def _draw_rack(drawing: Drawing, rack: RackView, body: Box, edge: float, units: float) -> None:
    left = body.x - _RULER
    drawing.text(left, body.y - 27.0, fit(rack["name"], edge - left, 1.06 * NORMAL), look="bold")
    subtitle = f"{rack['count']:,} rack{'s' if rack['count'] != 1 else ''} · {rack['power_text']}"
    drawing.text(left, body.y - 11.0, fit(subtitle, edge - left, SMALL), size=SMALL, look="soft")
    scale = body.height / units
    drawing.rect(
        Box(body.x - 4.0, body.y - 4.0, body.width + 8.0, body.height + 8.0),
        colour("wash"),
        radius=4.0,
        edge=colour("line"),
    )
    runs = runs_of(rack)
    for run in runs:
        _draw_run(drawing, run, body, scale)
    if units <= _TALLEST:
        for level in range(0, int(units) + 1, 10):
            y = body.bottom - level * scale
            drawing.text(body.x - 9.0, y + 4.0, str(level) if level else "U", size=10.0, anchor="end", look="soft")
    middles = [body.bottom - (run.bottom + run.top) / 2 * scale for run in runs][::-1]
    heights = spread(middles, 15.0, body.y + 4.0, body.bottom - 2.0)
    most = int(body.height / 13.0) + 1
    for run, middle, y in list(zip(runs[::-1], middles, heights, strict=True))[:most]:
        drawing.polyline(
            [(body.right + 4.0, middle), (body.right + 12.0, middle), (body.right + 18.0, y)], colour("soft"), width=0.8
        )
        each = (run.top - run.bottom) / max(run.count, 1)
        label = f"{run.count} × {run.name}" if run.count > 1 else run.name
        drawing.text(body.right + 22.0, y + 4.0, _label(label, each, edge - body.right - 22.0), size=SMALL)


def _label(label: str, each: float, room: float) -> str:
    size = f" · {each:g}U"
    return (
        fit(label, room - text_width(size, SMALL), SMALL) + size
        if each >= 1 and each == round(each, 2)
        else fit(label, room, SMALL)
    )


def _draw_run(drawing: Drawing, run: Run, body: Box, scale: float) -> None:
    paint = colour(_KINDS.get(run.kind, "c8"))
    empty = run.kind == "empty"
    slabs = run.count if 0 < run.count <= _MOST_SLABS and (run.top - run.bottom) * scale / run.count >= 2.0 else 1
    each = (run.top - run.bottom) * scale / slabs
    for index in range(slabs):
        top = body.bottom - run.bottom * scale - (index + 1) * each
        slab = Box(body.x, top + 0.5, body.width, max(each - 1.0, 0.5))
        if empty:
            drawing.rect(slab, colour("paper"), edge=colour("line"), tip="empty")
            continue
        drawing.rect(slab, paint, radius=1.0, opacity=0.8, tip=run.name)
        if each >= 6.0:
            drawing.circle(slab.right - 6.0, slab.y + slab.height / 2, 1.5, colour("paper"))
