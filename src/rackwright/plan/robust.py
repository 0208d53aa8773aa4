"""Designs that keep their limits not only at the stated facts but in most draws of the facts' ranges.

holds = share of draws in which a design keeps every limit of every room and of the case          (1)
margin of the limit `confidence` = holds / confidence - 1                                          (2)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rackwright.base.limit import Limit
from rackwright.plan.designs import rows_of
from rackwright.plan.evaluate import evaluate
from rackwright.plan.outcome import Design
from rackwright.plan.problem import Problem
from rackwright.plan.search import Bound, Findings, case_limits
from rackwright.plan.world import World

CONFIDENCE = "confidence over the facts' ranges"
DRAWS = 48
_AT_ONCE = 200_000 // DRAWS


def require_confidence(findings: Findings, confidence: float, bounds: Sequence[Bound], world: World) -> None:
    """Turn away the feasible designs that hold in fewer draws than `confidence` asks; (1) and (2).

    `world` must be sampled with `DRAWS` samples. The findings' margins, tightest limits and counts are brought up to
    date.
    """
    design = findings.design
    rows = np.flatnonzero(findings.margins >= 0)
    if design is None:
        return
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        margins = holds(rows_of(design, some), findings.problem, bounds, world) / confidence - 1.0
        tighter = margins < findings.margins[some]
        findings.margins[some[tighter]] = margins[tighter]
        findings.tightest[some[tighter]] = CONFIDENCE
        fallen = int((margins < 0).sum())
        findings.feasible -= fallen
        findings.rejected[CONFIDENCE] += fallen


def holds(design: Design, problem: Problem, bounds: Sequence[Bound], world: World) -> NDArray[np.float64]:
    """Return the share of draws in which each design keeps every limit, equation (1); (designs,)."""
    outcome = evaluate(design, problem, world)
    limits = (*outcome.limits, *case_limits(outcome, bounds, problem.kind))
    share: NDArray[np.float64] = kept(limits, len(design.system)).mean(axis=1)
    return share


def kept(limits: Sequence[Limit], count: int) -> NDArray[np.bool_]:
    """Return whether every limit is kept, per design and draw (designs, draws)."""
    every = np.ones((count, DRAWS), dtype=bool)
    for limit in limits:
        every &= np.asarray(limit.margin) >= 0
    return every
