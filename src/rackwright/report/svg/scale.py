"""Axes: from SI numbers to pixels, linear or logarithmic, with ticks at numbers that are round in the unit shown."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rackwright.base.format import SINGULAR, Scale, format_number, format_value, scale_for

_LARGEST, _SMALLEST = 1e290, 1e-290
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_COARSE_LOG = (1.0, 2.0, 5.0)


def finite(value: float, default: float = 0.0) -> float:
    """Return `value` if it can be drawn, else `default`; numbers beyond either end of the number line are cut off."""
    if not math.isfinite(value):
        return default
    return max(-_LARGEST, min(_LARGEST, value)) if abs(value) > _SMALLEST else 0.0


def drawable(values: Iterable[float]) -> list[float]:
    """Return the values that can be drawn."""
    return [finite(value) for value in values if math.isfinite(value)]


@dataclass(frozen=True, slots=True)
class Axis:
    """A map from numbers to pixels in [start, end]; numbers beyond low or high are drawn at the edge.

    `low`, `high` and ticks are in the unit shown on the axis (weeks, MW); `at` takes SI numbers.
    """

    low: float
    high: float
    start: float
    end: float
    scale: Scale = Scale()
    unit: str = "1"
    log: bool = False

    def at(self, value: float) -> float:
        """Return the pixel of an SI number."""
        return self.pixel(finite(value, self.low * self.scale.divisor) / self.scale.divisor - self.scale.offset)

    def pixel(self, shown: float) -> float:
        """Return the pixel of a number in the unit shown."""
        shown = min(max(shown, self.low), self.high)
        if self.log:
            share = math.log(shown / self.low) / math.log(self.high / self.low)
        else:
            share = (shown - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, count: int = 5) -> list[float]:
        """Return about `count` round numbers, in the unit shown."""
        return _log_ticks(self.low, self.high, count) if self.log else nice_ticks(self.low, self.high, count)

    def label(self, tick: float) -> str:
        """Write a tick with its unit; on a logarithmic axis each in the scale that suits it."""
        if self.log:
            return format_value(tick * self.scale.divisor, self.unit)
        written = f"{tick:,.7g}" if abs(tick) < 1e6 else format_number(tick)
        after = SINGULAR.get(self.scale.after, self.scale.after) if written == "1" else self.scale.after
        return f"{self.scale.before}{written}{after}"


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return about `count` multiples of 1, 2, 2.5 or 5 times a power of ten between low and high."""
    step = _nice_step((high - low) / max(count, 1))
    if not step:
        return [low]
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [_settled(index * step) for index in range(first, min(last, first + 4 * count) + 1)]


def _nice_step(raw: float) -> float:
    if not (math.isfinite(raw) and raw > 0.0):
        return 0.0
    power = 10.0 ** math.floor(math.log10(raw))
    return next((step * power for step in _STEPS if step * power >= raw * (1.0 - 1e-9)), 10.0 * power)


def _log_ticks(low: float, high: float, count: int) -> list[float]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = [power for power in range(first, last + 1) if low * (1 - 1e-9) <= 10.0**power <= high * (1 + 1e-9)]
    if len(decades) < 3:
        fine = [step * 10.0**power for power in range(first, last + 1) for step in _COARSE_LOG]
        return [tick for tick in fine if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)] or [low]
    stride = max(1, math.ceil(len(decades) / max(count, 1)))
    return [10.0**power for power in decades[::stride]]


def linear_axis(
    values: Iterable[float], unit: str, span: tuple[float, float], *, zero: bool = True, ticks: int = 5
) -> Axis:
    """Return a linear axis over pixels `span` that covers the SI values and ends on ticks; zero included if asked."""
    known = drawable(values) or [0.0, 1.0]
    scale = scale_for(max(known, key=abs), unit)
    shown = [value / scale.divisor - scale.offset for value in known]
    low, high = finite(min(shown)), finite(max(shown))
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if not high - low > 1e-5 * max(abs(low), abs(high)):
        room = abs(high) or 1.0
        low, high = (low, high + room) if zero and low == 0.0 else (low - 0.5 * room, high + 0.5 * room)
    step = _nice_step(high / ticks - low / ticks) or 1.0
    return Axis(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, *span, scale, unit)


def log_axis(values: Iterable[float], unit: str, span: tuple[float, float], *, room: float = 1.5) -> Axis:
    """Return a logarithmic axis over the positive SI values with a little room on both sides."""
    known = [value for value in drawable(values) if value > 1e-200] or [1.0, 10.0]
    scale = scale_for(math.sqrt(min(known)) * math.sqrt(max(known)), unit)
    low, high = min(known) / scale.divisor / room, max(known) / scale.divisor * room
    return Axis(low, high if high > 1.01 * low else 10.0 * low, *span, scale, unit, log=True)


def _settled(tick: float) -> float:
    """Remove float noise such as 0.30000000000000004 and minus zero."""
    return float(f"{tick:.12g}") + 0.0
