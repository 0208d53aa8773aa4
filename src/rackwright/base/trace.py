"""`Traced`: a number that remembers its dimension, the facts it came from and how it was computed.

Stage functions run on it unchanged. Three things come out: the dimension test (mixing W and J raises), the exact
derivative with respect to every fact (reverse accumulation over the recorded graph), and the formula behind a number in
terms of the nearest named quantities.

References
----------
[1] Griewank and Walther, Evaluating Derivatives, SIAM 2008, chapter 3 (reverse mode).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray

from rackwright.base.errors import DimensionError
from rackwright.base.units import DIMENSIONLESS, Dimension, describe, dimension

Array = NDArray[np.float64]
Partial = Callable[..., Any]


def _combine(left: Dimension, right: Dimension, sign: float) -> Dimension:
    powers = dict(left)
    for name, power in right:
        powers[name] = powers.get(name, 0.0) + sign * power
    return tuple(sorted((name, power) for name, power in powers.items() if power))


def _scaled(dim: Dimension, exponent: float) -> Dimension:
    return tuple((name, power * exponent) for name, power in dim if power * exponent)


class Traced(NDArrayOperatorsMixin):
    """A value with dimension and provenance; see the module text."""

    __slots__ = ("dimension", "fact", "inputs", "label", "op", "partials", "unit", "value")

    def __init__(
        self,
        value: Any,
        dim: Dimension = DIMENSIONLESS,
        *,
        op: str = "",
        inputs: tuple[Traced, ...] = (),
        partials: tuple[Partial | None, ...] = (),
    ) -> None:
        self.value: Any = value
        self.dimension = dim
        self.op = op
        self.inputs = inputs
        self.partials = partials
        self.label = ""
        self.unit = ""
        self.fact: Any = None

    @classmethod
    def leaf(cls, value: Any, unit: str, fact: Any, label: str) -> Traced:
        """Return a traced fact: the start of every derivative."""
        traced = cls(value, dimension(unit), op="fact")
        traced.fact, traced.label, traced.unit = fact, label, unit
        return traced

    def labelled(self, label: str, unit: str) -> Traced:
        """Return this value under a name of its own, after checking its dimension against `unit`."""
        wanted = dimension(unit)
        if self.dimension != wanted and not _is_free(self):
            raise DimensionError(f"{label} is declared in {unit}, but its formula gives {describe(self.dimension)}")
        if self.label == label:
            return self
        named = Traced(self.value, wanted, op="name", inputs=(self,), partials=(lambda adjoint, *_: adjoint,))
        named.label, named.unit = label, unit
        return named

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the value."""
        return np.shape(self.value)

    @property
    def ndim(self) -> int:
        """Number of axes of the value."""
        return np.ndim(self.value)

    def __float__(self) -> float:
        return float(np.asarray(self.value).reshape(-1)[0])

    def __bool__(self) -> bool:
        raise TypeError("a stage function must not branch on a traced number; use ops.where")

    def __repr__(self) -> str:
        return f"Traced({self.value!r}, {describe(self.dimension)}, {self.label or self.op})"

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method != "__call__" or kwargs.get("out") is not None:
            raise TypeError(f"{ufunc.__name__}.{method} is not traced; use the functions of base.ops")
        if ufunc in _PREDICATES:
            return _compare(ufunc, inputs)
        if ufunc not in _RULES:
            raise TypeError(f"{ufunc.__name__} is not traced; use the functions of base.ops")
        nodes = tuple(as_traced(value) for value in inputs)
        bare = all(node.op == "constant" for node in nodes)
        if bare or (ufunc in _VANISHING and any(_is_zero(node) for node in nodes[: _VANISHING[ufunc]])):
            return as_traced(ufunc(*(node.value for node in nodes)))
        dimension_rule, partials = _RULES[ufunc]
        value = ufunc(*(node.value for node in nodes))
        return Traced(value, dimension_rule(ufunc.__name__, nodes), op=ufunc.__name__, inputs=nodes, partials=partials)


def as_traced(value: Any) -> Traced:
    """Return `value` itself if traced, else a constant without dimension."""
    if isinstance(value, Traced):
        return value
    return Traced(np.asarray(value, dtype=float) if np.ndim(value) else float(value), op="constant")


def untraced(value: Any) -> Any:
    """Return the bare number behind `value`."""
    return value.value if isinstance(value, Traced) else value


def _is_free(node: Traced) -> bool:
    """A bare 0, infinity or NaN fits every dimension."""
    if node.op != "constant":
        return False
    array = np.asarray(node.value)
    return bool(np.all((array == 0) | ~np.isfinite(array)))


def _is_zero(node: Traced) -> bool:
    return node.op == "constant" and not np.any(np.asarray(node.value))


def _same(name: str, nodes: tuple[Traced, ...]) -> Dimension:
    bound = [node for node in nodes if not _is_free(node)]
    for node in bound[1:]:
        if node.dimension != bound[0].dimension:
            left, right = (
                f"{item.label or item.op} [{describe(item.dimension) or 'plain number'}]" for item in (bound[0], node)
            )
            raise DimensionError(f"{name} of {left} and {right}")
    return bound[0].dimension if bound else DIMENSIONLESS


def _product(_name: str, nodes: tuple[Traced, ...]) -> Dimension:
    return _combine(nodes[0].dimension, nodes[1].dimension, 1.0)


def _quotient(_name: str, nodes: tuple[Traced, ...]) -> Dimension:
    return _combine(nodes[0].dimension, nodes[1].dimension, -1.0)


def _keep(_name: str, nodes: tuple[Traced, ...]) -> Dimension:
    return nodes[0].dimension


def _root(_name: str, nodes: tuple[Traced, ...]) -> Dimension:
    return _scaled(nodes[0].dimension, 0.5)


def _square(_name: str, nodes: tuple[Traced, ...]) -> Dimension:
    return _scaled(nodes[0].dimension, 2.0)


def _inverse(_name: str, nodes: tuple[Traced, ...]) -> Dimension:
    return _scaled(nodes[0].dimension, -1.0)


def _exponent(_name: str, nodes: tuple[Traced, ...]) -> Dimension:
    base, power = nodes
    if power.dimension:
        raise DimensionError("an exponent has no dimension")
    if not base.dimension:
        return DIMENSIONLESS
    if power.op != "constant" or np.ndim(power.value):
        raise DimensionError("a quantity with a dimension needs a constant exponent")
    return _scaled(base.dimension, float(power.value))


def _bare(name: str, nodes: tuple[Traced, ...]) -> Dimension:
    for node in nodes:
        if node.dimension:
            raise DimensionError(f"{name} of a {describe(node.dimension)}")
    return DIMENSIONLESS


def _compare(ufunc: np.ufunc, inputs: tuple[Any, ...]) -> Any:
    nodes = tuple(as_traced(value) for value in inputs)
    _same(ufunc.__name__, nodes)
    return ufunc(*(node.value for node in nodes))


def _safe_log(x: Any) -> Any:
    return np.log(np.where(x > 0, x, 1.0))


_PREDICATES = {
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal, np.isfinite, np.isnan,
}  # fmt: skip

# A bare 0 times anything is a bare 0: a part that a design does not have needs no dimension.
_VANISHING: dict[np.ufunc, int] = {np.multiply: 2, np.true_divide: 1}

_RULES: dict[np.ufunc, tuple[Callable[[str, tuple[Traced, ...]], Dimension], tuple[Partial | None, ...]]] = {
    np.add: (_same, (lambda g, *_: g, lambda g, *_: g)),
    np.subtract: (_same, (lambda g, *_: g, lambda g, *_: -g)),
    np.multiply: (_product, (lambda g, x, y, _o: g * y, lambda g, x, y, _o: g * x)),
    np.true_divide: (_quotient, (lambda g, x, y, _o: g / y, lambda g, x, y, o: -g * o / y)),
    np.negative: (_keep, (lambda g, *_: -g,)),
    np.positive: (_keep, (lambda g, *_: g,)),
    np.absolute: (_keep, (lambda g, x, _o: g * np.sign(x),)),
    np.maximum: (_same, (lambda g, x, y, _o: g * (x >= y), lambda g, x, y, _o: g * (y > x))),
    np.minimum: (_same, (lambda g, x, y, _o: g * (x <= y), lambda g, x, y, _o: g * (y < x))),
    np.power: (
        _exponent,
        (lambda g, x, y, _o: g * y * np.power(x, y - 1.0), lambda g, x, y, o: g * o * _safe_log(x)),
    ),
    np.sqrt: (_root, (lambda g, _x, o: g * 0.5 / np.where(o == 0, np.inf, o),)),
    np.square: (_square, (lambda g, x, _o: g * 2.0 * x,)),
    np.reciprocal: (_inverse, (lambda g, _x, o: -g * o * o,)),
    np.exp: (_bare, (lambda g, _x, o: g * o,)),
    np.expm1: (_bare, (lambda g, _x, o: g * (o + 1.0),)),
    np.log: (_bare, (lambda g, x, _o: g / x,)),
    np.log1p: (_bare, (lambda g, x, _o: g / (1.0 + x),)),
    np.log2: (_bare, (lambda g, x, _o: g / (x * np.log(2.0)),)),
    np.cos: (_bare, (lambda g, x, _o: -g * np.sin(x),)),
    np.sin: (_bare, (lambda g, x, _o: g * np.cos(x),)),
    np.arctan: (_bare, (lambda g, x, _o: g / (1.0 + x * x),)),
    np.tanh: (_bare, (lambda g, _x, o: g * (1.0 - o * o),)),
    # Counts are differentiated as if they were divisible: a derivative of zero would hide what drives a rack count.
    np.ceil: (_bare, (lambda g, *_: g,)),
    np.floor: (_bare, (lambda g, *_: g,)),
}


def _unbroadcast(adjoint: Any, shape: tuple[int, ...]) -> Any:
    """Sum an adjoint over the axes along which its operand was broadcast."""
    adjoint = np.asarray(adjoint, dtype=float)
    while adjoint.ndim > len(shape):
        adjoint = adjoint.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1 and adjoint.shape[axis] != 1:
            adjoint = adjoint.sum(axis=axis, keepdims=True)
    return adjoint


def ancestors(output: Traced) -> list[Traced]:
    """Return every node behind `output`, inputs before what uses them."""
    order: list[Traced] = []
    seen: set[int] = set()
    stack: list[tuple[Traced, Iterator[Traced]]] = [(output, iter(output.inputs))]
    seen.add(id(output))
    while stack:
        node, pending = stack[-1]
        advanced = next(pending, None)
        if advanced is None:
            order.append(node)
            stack.pop()
        elif id(advanced) not in seen:
            seen.add(id(advanced))
            stack.append((advanced, iter(advanced.inputs)))
    return order


def gradient(output: Traced) -> dict[str, tuple[Traced, Any]]:
    """Return {fact key: (leaf, d output / d fact)} for every fact behind `output` (reverse accumulation [1])."""
    order = ancestors(output)
    adjoints: dict[int, Any] = {id(output): np.ones(np.shape(output.value))}
    leaves: dict[str, tuple[Traced, Any]] = {}
    for node in reversed(order):
        adjoint = adjoints.pop(id(node), None)
        if node.fact is not None:
            slope = np.zeros(node.shape) if adjoint is None else adjoint
            known = leaves.get(node.fact.key)
            leaves[node.fact.key] = (node, slope if known is None else known[1] + slope)
        if adjoint is None:
            continue
        values = tuple(item.value for item in node.inputs)
        for item, partial in zip(node.inputs, node.partials, strict=True):
            if partial is None or item.op == "constant":
                continue
            share = _unbroadcast(partial(adjoint, *values, node.value), item.shape)
            known_adjoint = adjoints.get(id(item))
            adjoints[id(item)] = share if known_adjoint is None else known_adjoint + share
    return leaves
