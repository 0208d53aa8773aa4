"""The functions stage code may use besides arithmetic; each works on floats, arrays and `Traced` alike.

Shapes: a block is `(designs, 1)`, samples are `(1, samples)` or `(designs, samples)`; an axis of hours, where there is
one, comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rackwright.base.record import Num
from rackwright.base.trace import Traced, _same, as_traced, untraced

Condition = Any
"""A boolean or an array of booleans."""


def maximum(first: Num, *others: Num) -> Num:
    """Return the element-wise largest."""
    result: Any = first
    for other in others:
        result = np.maximum(result, other)
    return result  # type: ignore[no-any-return]


def minimum(first: Num, *others: Num) -> Num:
    """Return the element-wise smallest."""
    result: Any = first
    for other in others:
        result = np.minimum(result, other)
    return result  # type: ignore[no-any-return]


def clip(value: Num, low: Num, high: Num) -> Num:
    """Return `value` held between `low` and `high`."""
    return minimum(maximum(value, low), high)


def _unary(ufunc: np.ufunc) -> Callable[[Num], Num]:
    def apply(value: Num) -> Num:
        return ufunc(value)  # type: ignore[no-any-return]

    apply.__name__ = apply.__qualname__ = ufunc.__name__
    apply.__doc__ = f"Element-wise {ufunc.__name__}."
    return apply


sqrt = _unary(np.sqrt)
exp = _unary(np.exp)
expm1 = _unary(np.expm1)
log = _unary(np.log)
log2 = _unary(np.log2)
log1p = _unary(np.log1p)
cos = _unary(np.cos)
sin = _unary(np.sin)
arctan = _unary(np.arctan)
tanh = _unary(np.tanh)
absolute = _unary(np.absolute)
_ceil = _unary(np.ceil)
_floor = _unary(np.floor)
_ROUNDING_SLACK = 1e-9


def power(base: Num, exponent: Num) -> Num:
    """Return `base` to the `exponent`."""
    return np.power(base, exponent)


def ceil(value: Num) -> Num:
    """Round a number not below nought up to a whole one, forgiving rounding noise of one part in 10^9."""
    return _ceil(value * (1.0 - _ROUNDING_SLACK))


def floor(value: Num) -> Num:
    """Round a number not below nought down to a whole one, forgiving rounding noise of one part in 10^9."""
    return _floor(value * (1.0 + _ROUNDING_SLACK))


def where(condition: Condition, then: Num, otherwise: Num) -> Num:
    """Choose element-wise: `then` where `condition` holds, else `otherwise`."""
    if not isinstance(then, Traced) and not isinstance(otherwise, Traced):
        return np.where(condition, then, otherwise)
    nodes = (as_traced(then), as_traced(otherwise))
    held = np.asarray(condition)
    partials = (lambda g, *_: np.where(held, g, 0.0), lambda g, *_: np.where(held, 0.0, g))
    value = np.where(held, nodes[0].value, nodes[1].value)
    if all(node.op == "constant" for node in nodes):
        return as_traced(value)
    return Traced(value, _same("where", nodes), op="where", inputs=nodes, partials=partials)


def choose(code: Any, options: Iterable[Num]) -> Num:
    """Return the option whose position equals `code`, element-wise: a switch over a categorical choice."""
    listed = list(options)
    result = listed[-1]
    for position in range(len(listed) - 2, -1, -1):
        result = where(np.asarray(code) == position, listed[position], result)
    return result


class TracedColumn:
    """A fact column in which every row is a traced leaf of its own."""

    __slots__ = ("leaves",)

    def __init__(self, leaves: list[Traced]) -> None:
        self.leaves = leaves

    def row(self, code: Any) -> Traced:
        """Return the leaf of one row."""
        return self.leaves[int(np.asarray(code).reshape(-1)[0])]


def take(column: Any, code: NDArray[np.intp] | int) -> Num:
    """Return `column[code]` for integer codes of shape (designs, 1).

    A plain column has shape (rows,), a sampled one (rows, samples); the result has shape (designs, 1) or
    (designs, samples). A scalar code takes one row.
    """
    if isinstance(column, TracedColumn):
        return column.row(code)  # type: ignore[return-value]
    if np.ndim(column) == 1 or np.ndim(code) == 0:
        taken = column[code]
        return float(taken) if np.ndim(taken) == 0 else taken
    return column[np.asarray(code)[:, 0]]  # type: ignore[no-any-return]


def total(value: Num, axis: int = -1) -> Num:
    """Sum along one axis, which is dropped."""
    return _reduced(value, axis, 1.0, "total")


def mean(value: Num, axis: int = -1) -> Num:
    """Average along one axis, which is dropped."""
    return _reduced(value, axis, 1.0 / np.shape(untraced(value))[axis], "mean")


def _reduced(value: Num, axis: int, weight: float, name: str) -> Num:
    bare = untraced(value)
    reduced = np.sum(bare, axis=axis) * weight
    if not isinstance(value, Traced):
        return reduced  # type: ignore[no-any-return]
    shape = np.shape(bare)
    partials = (lambda g, *_: np.broadcast_to(np.expand_dims(g, axis), shape) * weight,)
    return Traced(reduced, value.dimension, op=name, inputs=(value,), partials=partials)


def largest(value: Num, axis: int = -1) -> Num:
    """Return the largest element along one axis, which is dropped."""
    bare = np.asarray(untraced(value))
    if not isinstance(value, Traced):
        return bare.max(axis=axis)  # type: ignore[no-any-return]
    at = np.expand_dims(bare.argmax(axis=axis), axis)

    def spread(adjoint: Any, *_: Any) -> Any:
        slope = np.zeros(bare.shape)
        np.put_along_axis(slope, at, np.expand_dims(adjoint, axis), axis=axis)
        return slope

    reduced = np.take_along_axis(bare, at, axis=axis).squeeze(axis)
    return Traced(reduced, value.dimension, op="largest", inputs=(value,), partials=(spread,))


def add_axis(value: Num) -> Num:
    """Append an axis of length one, so that designs broadcast against hours."""
    bare = np.asarray(untraced(value))
    if not isinstance(value, Traced):
        return bare[..., np.newaxis]
    return Traced(
        bare[..., np.newaxis],
        value.dimension,
        op="name",
        inputs=(value,),
        partials=(lambda g, *_: g.reshape(bare.shape),),
    )


def summed(parts: Iterable[Num]) -> Num:
    """Add up a handful of numbers."""
    result: Num = 0.0
    for part in parts:
        result = result + part
    return result
