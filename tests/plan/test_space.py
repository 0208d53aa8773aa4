"""The lazy product of axes."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rackwright.plan.space import Axis, Space, powers_of_two

AXES = st.lists(st.lists(st.integers(0, 99).map(float), min_size=1, max_size=4), min_size=1, max_size=4)


@given(AXES, st.integers(1, 7))
def test_blocks_enumerate_the_whole_product_once(values: list[list[float]], block: int) -> None:
    space = Space(tuple(Axis(f"a{at}", tuple(axis)) for at, axis in enumerate(values)))
    found = []
    for index in space.blocks(block):
        rows = space.rows(index)
        found += list(zip(*(rows[axis.name][:, 0].tolist() for axis in space.axes), strict=True))
    assert found == list(itertools.product(*values))
    assert space.size == len(found)


def test_columns_are_designs_by_one() -> None:
    space = Space((Axis("tp", (1.0, 2.0)), Axis("pp", (1.0, 2.0, 4.0))))
    rows = space.rows(np.array([5]))
    assert rows["tp"].shape == (1, 1)
    assert (rows["tp"][0, 0], rows["pp"][0, 0]) == (2.0, 4.0)


def test_powers_of_two() -> None:
    assert powers_of_two(1, 9) == (1.0, 2.0, 4.0, 8.0)
