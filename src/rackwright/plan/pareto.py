"""The Pareto front: designs that no other design beats in every objective.

p dominates q  <=>  p_k <= q_k for all k  and  p_k < q_k for some k
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pareto_front(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which rows of `values` (designs, objectives), all minimised, are not dominated.

    Rows with a NaN or an infinity are never on the front; of equal rows all are kept. The row with the smallest sum of
    scaled objectives cannot be dominated, so taking it and dropping all it dominates needs one pass per front member.
    """
    front = np.zeros(len(values), dtype=bool)
    usable = np.flatnonzero(np.isfinite(values).all(axis=1))
    if not len(usable):
        return front
    scaled = values[usable]
    spread = np.ptp(scaled, axis=0)
    scaled = (scaled - scaled.min(axis=0)) / np.where(spread > 0, spread, 1.0)
    order = np.argsort(scaled.sum(axis=1), kind="stable")
    usable, remaining = usable[order], values[usable[order]]
    while len(usable):
        point = remaining[0]
        equal = (remaining == point).all(axis=1)
        front[usable[equal]] = True
        survives = (remaining < point).any(axis=1)
        usable, remaining = usable[survives], remaining[survives]
    return front
