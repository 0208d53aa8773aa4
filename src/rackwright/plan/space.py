"""The design space: independent axes whose product is enumerated lazily, block by block.

A design is an integer between 0 and `size`; its mixed-radix digits are the positions on the axes. Nothing is ever
materialised beyond one block, and any block can be evaluated on its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Columns = dict[str, NDArray[Any]]
BLOCK = 16_384


@dataclass(frozen=True)
class Axis:
    """One free or pinned choice; `values` are codes or numbers."""

    name: str
    values: tuple[float, ...]
    free: bool = True

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Space:
    """The product of all axes, the last one varying fastest."""

    axes: tuple[Axis, ...]

    @property
    def size(self) -> int:
        """Number of designs."""
        return math.prod(len(axis) for axis in self.axes)

    def rows(self, index: NDArray[np.int64]) -> Columns:
        """Return {axis: values} of shape (designs, 1) for design numbers `index` of shape (designs,)."""
        positions = np.unravel_index(index, tuple(len(axis) for axis in self.axes))
        return {
            axis.name: np.asarray(axis.values, dtype=float)[position][:, np.newaxis]
            for axis, position in zip(self.axes, positions, strict=True)
        }

    def blocks(self, size: int = BLOCK) -> Iterator[NDArray[np.int64]]:
        """Yield the design numbers in blocks."""
        for start in range(0, self.size, size):
            yield np.arange(start, min(start + size, self.size), dtype=np.int64)


def powers_of_two(low: int, high: int) -> tuple[float, ...]:
    """Return 1, 2, 4, ... between `low` and `high`, both included when they are powers of two."""
    return tuple(float(2**k) for k in range(64) if low <= 2**k <= high)
