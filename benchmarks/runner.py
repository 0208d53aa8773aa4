"""Time functions against a baseline and print one table."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Work = Callable[[], object]

REPEATS = 7
SHORTEST = 0.02  # seconds one timing should last, so that the clock's grain does not show


@dataclass(frozen=True)
class Benchmark:
    """One thing worth measuring.

    name : what is measured, `room: what`
    prepare : does what must not be timed and returns the work to time
    prepare_baseline : the same for the work it is compared with
    baseline : what that work is, in a few words
    items : how many things one call works through; the value is then a rate
    unit : of the rate, for instance `designs/s`
    most : the ratio to the baseline that should not be passed; None for no opinion
    """

    name: str
    prepare: Callable[[], Work]
    prepare_baseline: Callable[[], Work]
    baseline: str
    items: int = 0
    unit: str = "s"
    most: float | None = None


@dataclass(frozen=True)
class Timing:
    """What was measured: the fastest call and the spread around it [s], and the same for the baseline."""

    benchmark: Benchmark
    best: float
    spread: float
    baseline: float

    @property
    def ratio(self) -> float:
        """Time of the work in units of the baseline's."""
        return self.best / self.baseline

    @property
    def value(self) -> str:
        """The measured value as a person reads it."""
        if self.benchmark.items:
            return f"{self.benchmark.items / self.best:,.0f} {self.benchmark.unit}"
        return seconds(self.best)

    @property
    def kept(self) -> bool:
        """Whether the ratio is within what was asked."""
        return self.benchmark.most is None or self.ratio <= self.benchmark.most


def measure(benchmark: Benchmark, repeats: int = REPEATS) -> Timing:
    """Time a benchmark and its baseline in turns, so that a busy moment of the machine hits both."""
    work, baseline = benchmark.prepare(), benchmark.prepare_baseline()
    calls = [calls_for(work), calls_for(baseline)]
    times: tuple[list[float], list[float]] = ([], [])
    gc.disable()
    try:
        for _ in range(repeats):
            for taken, thing, count in zip(times, (work, baseline), calls, strict=True):
                taken.append(time_once(thing, count))
    finally:
        gc.enable()
    best = min(times[0])
    return Timing(benchmark, best, statistics.median(times[0]) / best - 1.0, min(times[1]))


def calls_for(work: Work) -> int:
    """Return how many calls one timing needs; also the warm-up."""
    count = 1
    while (taken := time_once(work, count) * count) < SHORTEST:
        count = max(2 * count, round(count * SHORTEST / max(taken, 1e-9)))
    return count


def time_once(work: Work, count: int) -> float:
    """Return the mean time of `count` calls [s]."""
    start = time.perf_counter()
    for _ in range(count):
        work()
    return (time.perf_counter() - start) / count


def seconds(value: float) -> str:
    """Write a duration with a fitting prefix."""
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us")):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


def table(timings: Iterable[Timing]) -> str:
    """Return the timings as a table."""
    heads = ("name", "value", "spread", "ratio", "baseline")
    rows = [heads]
    for timing in timings:
        ratio = f"{timing.ratio:.3g}" + ("" if timing.kept else f" > {timing.benchmark.most:g}")
        baseline = f"{timing.benchmark.baseline} ({seconds(timing.baseline)})"
        rows.append((timing.benchmark.name, timing.value, f"+{100 * timing.spread:.0f} %", ratio, baseline))
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])
