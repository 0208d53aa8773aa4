"""How fast the plan room works through many designs."""

from __future__ import annotations

import numpy as np

from benchmarks.runner import Benchmark, Work
from rackwright.plan.pareto import pareto_front

POINTS = 100_000


def front() -> Work:
    """Return the search of a Pareto front over three objectives."""
    points = np.random.default_rng(1).random((POINTS, 3))
    return lambda: pareto_front(points)


def sort() -> Work:
    """Return a sort of as many rows."""
    points = np.random.default_rng(1).random(POINTS)
    return lambda: np.sort(points)


BENCHMARKS = [Benchmark("plan: Pareto front", front, sort, "np.sort of as many numbers", POINTS, "designs/s")]
