"""P10-P50-P90 bars: how sure each number is, all on one axis relative to their medians."""

from __future__ import annotations

import math
from dataclasses import replace

from rackwright.base.format import Scale, format_range, format_value
from rackwright.plan.document import Band
from rackwright.report.svg.axes import draw_ticks_below
from rackwright.report.svg.canvas import WIDE, Drawing
from rackwright.report.svg.palette import colour
from rackwright.report.svg.scale import Axis, linear_axis
from rackwright.report.svg.text import SMALL, Box, fit

_LARGEST_RATIO = 6.0


def draw_bands(bands: list[Band], width: float = WIDE, name: str = "") -> str:
    """Draw one bar per metric from P10 to P90 with a mark at P50, as multiples of P50."""
    known = known_bands(bands)
    wide = width >= WIDE
    row = 30.0 if wide else 44.0
    listed = "; ".join(f"{band['label']} {format_range(band['p10'], band['p90'], band['unit'])}" for band in known[:4])
    height = 8.0 + max(len(known), 1) * row + 40.0
    description = f"Eight of ten outcomes lie between P10 and P90: {listed or 'no spread is known'}."
    drawing = Drawing((width, height), "How sure the key numbers are", description, name)
    if not known:
        drawing.text(0.0, 20.0, "no number of this design has a known spread", look="soft")
        return str(drawing)
    left, right = (0.3 * width, 0.69 * width) if wide else (8.0, width - 8.0)
    ratios = [ratio for band in known for ratio in ratios_of(band)]
    axis = linear_axis([1.0, *ratios], "1", (left, right), zero=False, ticks=5 if wide else 4)
    axis = replace(axis, scale=Scale(before="×"))
    bottom = 8.0 + len(known) * row
    draw_ticks_below(drawing, axis, 4.0, bottom, count=4)
    drawing.line((axis.at(1.0), 4.0), (axis.at(1.0), bottom), colour("soft"))
    for index, band in enumerate(known):
        _draw_band(drawing, axis, band, 8.0 + index * row, wide)
    drawing.text((left + right) / 2, bottom + 32.0, "relative to the median", size=SMALL, anchor="middle", look="soft")
    return str(drawing)


def known_bands(bands: list[Band]) -> list[Band]:
    """Return the bands that have a finite, non-zero median and finite ends."""
    return [
        band
        for band in bands
        if all(math.isfinite(band[key]) and abs(band[key]) < 1e290 for key in ("p10", "p50", "p90"))
        and abs(band["p50"]) > 1e-290
    ]


def ratios_of(band: Band) -> tuple[float, float]:
    """Return P10 and P90 over P50, lower first, cut off where one wild number would flatten all the others."""
    ends = sorted((band["p10"] / band["p50"], band["p90"] / band["p50"]))
    low, high = (min(max(end, -_LARGEST_RATIO), _LARGEST_RATIO) for end in ends)
    return low, high


def _draw_band(drawing: Drawing, axis: Axis, band: Band, top: float, wide: bool) -> None:
    low, high = (axis.at(ratio) for ratio in ratios_of(band))
    middle = axis.at(1.0)
    text = f"{format_value(band['p50'], band['unit'])}  ({format_range(band['p10'], band['p90'], band['unit'])})"
    y = top + (15.0 if wide else 25.0)
    if wide:
        drawing.text(0.0, y + 4.0, fit(band["label"], axis.start - 14.0))
        drawing.text(axis.end + 16.0, y + 4.0, text, size=SMALL, look="soft")
    else:
        drawing.text(0.0, top + 12.0, fit(band["label"], 0.48 * drawing.frame.width), look="halo")
        drawing.text(
            drawing.frame.width,
            top + 12.0,
            fit(text, 0.5 * drawing.frame.width, SMALL),
            size=SMALL,
            anchor="end",
            look="soft",
        )
    p10, p50, p90 = (format_value(band[key], band["unit"]) for key in ("p10", "p50", "p90"))
    tip = f"{band['label']}: P10 {p10}, P50 {p50}, P90 {p90}"
    drawing.rect(Box(low, y - 5.0, max(high - low, 1.0), 10.0), colour("c1"), radius=5.0, opacity=0.45, tip=tip)
    drawing.circle(middle, y, 5.0, colour("c1"), tip=tip, edge=colour("paper"))
