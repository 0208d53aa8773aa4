"""The Pareto front: designs that no other design beats in every objective.

    p dominates q  <=>  p_k <= q_k for all k  and  p_k < q_k for some k
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def pareto_front(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which rows of `values` (designs, objectives), all minimised, are not dominated.

    Rows with a NaN are never on the front; of equal rows all are kept.
    """
    count = len(values)
    front = np.zeros(count, dtype=bool)
    usable = np.flatnonzero(~np.isnan(values).any(axis=1))
    order = usable[np.lexsort(values[usable].T[::-1])]
    kept: list[int] = []
    best = np.empty((0, values.shape[1]))
    for row in order:
        point = values[row]
        below = (best <= point).all(axis=1)
        if below.any() and (best[below] < point).any():
            continue
        kept.append(int(row))
        best = np.vstack([best, point])
    front[kept] = True
    return front
