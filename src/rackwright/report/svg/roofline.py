"""A roofline: what the accelerator can do at each arithmetic intensity, and what each operator reaches.

References
----------
[1] Williams, Waterman, Patterson, "Roofline: an insightful visual performance model", CACM 52(4), 2009.
"""

from __future__ import annotations

import math

from rackwright.base.format import format_share, format_value
from rackwright.plan.document import Roofline, RooflinePoint
from rackwright.report.svg.axes import draw_ticks_below, draw_ticks_beside
from rackwright.report.svg.canvas import WIDE, Drawing, legend_height
from rackwright.report.svg.palette import colour, hue
from rackwright.report.svg.scale import Axis, finite, log_axis
from rackwright.report.svg.text import SMALL, Box, fit, place_beside, text_width

_LEFT, _BOTTOM, _TOP = 92.0, 46.0, 26.0
_MOST_LABELS = 9
_APART = 5.0


def draw_roofline(roofline: Roofline, width: float = WIDE, name: str = "") -> str:
    """Draw memory and compute roof on logarithmic axes, and the operators as points by phase."""
    points = known_points(roofline)
    peak, bandwidth = _positive(roofline["peak"]), _positive(roofline["bandwidth"])
    height = 400.0 if width >= WIDE else 340.0
    listed = ", ".join(f"{point['name']} ({point['phase']}) {_flops(point['achieved'])}" for point in points[:4])
    description = (
        f"Peak {_flops(peak)}, memory {format_value(bandwidth, 'B/s')}, ridge at {peak / bandwidth:.3g} FLOP per byte. "
        f"Largest shares of time: {listed or 'no operators'}."
    )
    phases = list(dict.fromkeys(point["phase"] for point in points))
    entries = [(hue(index), phase) for index, phase in enumerate(phases)]
    size = (width, height + 4.0 + legend_height(entries, width - _LEFT))
    drawing = Drawing(size, f"Roofline of {roofline['accelerator']}", description, name)
    ridge = peak / bandwidth
    x = log_axis([ridge, ridge * 4, *(point["intensity"] for point in points)], "1", (_LEFT, width - 10.0), room=2.0)
    lowest = min([peak / 20, *(point["achieved"] for point in points)])
    y = log_axis([lowest, peak], "FLOP/s", (height - _BOTTOM, _TOP), room=1.8)
    _draw_frame(drawing, x, y, height)
    _draw_roof(drawing, (x, y), peak, bandwidth)
    _draw_points(drawing, (x, y), points, (phases, _along_roof(x, y, peak, bandwidth)))
    drawing.legend(_LEFT, height + 4.0, entries, lambda index, x, y: _mark(drawing, (x, y), 5.0, index, ""))
    return str(drawing)


def known_points(roofline: Roofline) -> list[RooflinePoint]:
    """Return the operators that can stand on logarithmic axes, largest share of time first."""
    known = [
        point
        for point in roofline["points"]
        if all(math.isfinite(point[key]) and 1e-100 < point[key] < 1e100 for key in ("intensity", "achieved"))
    ]
    return sorted(known, key=lambda point: -finite(point["share"]))


def _positive(value: float) -> float:
    return value if math.isfinite(value) and 1e-100 < value < 1e100 else 1.0


def _flops(value: float) -> str:
    return format_value(value, "FLOP/s")


def _draw_frame(drawing: Drawing, x: Axis, y: Axis, height: float) -> None:
    draw_ticks_below(drawing, x, y.end, y.start, count=6)
    draw_ticks_beside(drawing, y, x.start, x.end, room=x.start - 8.0)
    drawing.text(x.end, height - 12.0, "FLOP per byte of memory traffic", size=SMALL, anchor="end", look="soft")


def _draw_roof(drawing: Drawing, axes: tuple[Axis, Axis], peak: float, bandwidth: float) -> None:
    x, y = axes
    low = max(x.low, y.low * y.scale.divisor / bandwidth)
    corners = [(low, low * bandwidth), (peak / bandwidth, peak), (x.high, peak)]
    drawing.polyline([(x.at(intensity), y.at(rate)) for intensity, rate in corners], colour("ink"), width=2.0)
    drawing.text(x.end, y.at(peak) - 7.0, f"peak {_flops(peak)}", size=SMALL, anchor="end", look="bold")
    middle = math.sqrt(low * peak / bandwidth)
    label = f"memory {format_value(bandwidth, 'B/s')}"
    at = min(x.at(middle) - 8.0, x.end)
    if text_width(label, SMALL) * 1.06 < at - x.start:
        drawing.text(at, y.at(middle * bandwidth) - 6.0, label, size=SMALL, anchor="end", look="bold")


def _along_roof(x: Axis, y: Axis, peak: float, bandwidth: float) -> list[Box]:
    """Return small boxes along the roof, so that no label crosses it."""
    boxes: list[Box] = [Box(x.end - 120.0, y.at(peak) - 20.0, 120.0, 18.0)]
    for step in range(61):
        intensity = x.low * (x.high / x.low) ** (step / 60)
        rate = min(intensity * bandwidth, peak)
        if rate > y.low * y.scale.divisor:
            boxes.append(Box(x.at(intensity) - 3.0, y.at(rate) - 3.0, 6.0, 6.0))
    return boxes


def _draw_points(
    drawing: Drawing, axes: tuple[Axis, Axis], points: list[RooflinePoint], around: tuple[list[str], list[Box]]
) -> None:
    x, y = axes
    phases, taken = around
    marks = []
    for point in points:
        at = (x.at(point["intensity"]), y.at(point["achieved"]))
        radius = 4.0 + 8.0 * math.sqrt(min(max(finite(point["share"]), 0.0), 1.0))
        marks.append((point, at, radius))
        reach = radius + _APART
        taken.append(Box(at[0] - reach, at[1] - reach, 2 * reach, 2 * reach))
    for point, (across, down), radius in marks[::-1]:
        index = phases.index(point["phase"])
        tip = (
            f"{point['name']}, {point['phase']}: {_flops(point['achieved'])} at {point['intensity']:.3g} FLOP/B, "
            f"{format_share(point['share'])} of the time"
        )
        _mark(drawing, (across, down), radius, index, tip)
    frame = Box(x.start, y.end - 18.0, x.end - x.start, y.start - y.end + 16.0)
    for point, (across, down), radius in marks[:_MOST_LABELS]:
        label = fit(point["name"], 150.0, SMALL)
        box = place_beside(across, down, text_width(label, SMALL), taken, frame, radius + _APART + 1.0)
        if box:
            taken.append(box)
            drawing.text(box.x, box.bottom - 4.0, label, size=SMALL, look="halo")


def _mark(drawing: Drawing, at: tuple[float, float], radius: float, index: int, tip: str) -> None:
    """Draw a circle, diamond or square by phase, so that colour is not the only difference."""
    across, down = at
    if index % 3 == 0:
        drawing.circle(across, down, radius, hue(index), tip=tip, edge=colour("paper"))
    elif index % 3 == 1:
        reach = 1.2 * radius
        corners = [(across, down - reach), (across + reach, down), (across, down + reach), (across - reach, down)]
        drawing.polygon(corners, hue(index), tip=tip, edge=colour("paper"))
    else:
        box = Box(across - 0.9 * radius, down - 0.9 * radius, 1.8 * radius, 1.8 * radius)
        drawing.rect(box, hue(index), tip=tip, edge=colour("paper"))
