"""The Pareto front against its definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rackwright.plan.pareto import pareto_front

POINTS = arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(1, 4)), elements=st.integers(0, 6).map(float))


@given(POINTS)
def test_front_is_what_no_other_point_dominates(points: np.ndarray) -> None:
    expected = [not any((other <= point).all() and (other < point).any() for other in points) for point in points]
    assert pareto_front(points).tolist() == expected


@given(POINTS, st.floats(0.5, 2.0))
def test_front_does_not_depend_on_scale(points: np.ndarray, factor: float) -> None:
    assert pareto_front(points * factor).tolist() == pareto_front(points).tolist()


def test_unknown_numbers_are_never_on_the_front() -> None:
    points = np.array([[np.nan, 0.0], [np.inf, 0.0], [1.0, 1.0]])
    assert pareto_front(points).tolist() == [False, False, True]


def test_nothing_has_no_front() -> None:
    assert pareto_front(np.empty((0, 3))).size == 0
