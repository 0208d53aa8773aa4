"""From a traced number to its formula steps: which named quantities went in, and how they were combined.

The formula text is read off the recorded computation itself, so it is always the formula that was used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rackwright.base.trace import Traced, gradient

_INFIX = {"add": "+", "subtract": "-", "multiply": "x", "divide": "/", "power": "^"}
_CALLS = {"maximum": "max", "minimum": "min", "name": "", "positive": ""}
_TIGHTNESS = {"add": 1, "subtract": 1, "multiply": 2, "divide": 2, "power": 3}
MOST_STEPS = 40
"""Steps that are walked when nobody asks for more."""

_LONGEST_FORMULA = 240
_LONGEST_SUM = 6


@dataclass(frozen=True)
class Step:
    """One named quantity: value, formula in terms of its inputs, and those inputs."""

    key: str
    node: Traced
    formula: str
    inputs: tuple[str, ...]


@dataclass(frozen=True)
class Trail:
    """A metric's steps in the order a reader wants them, and the facts behind it with their elasticities."""

    steps: tuple[Step, ...]
    elasticities: dict[str, float]
    leaves: dict[str, Traced]


def trail_of(output: Traced, *, most_steps: int = MOST_STEPS, book: Book | None = None) -> Trail:
    """Return the formula steps behind `output`, nearest first, and the elasticity of every fact.

        elasticity_f = (d output / d f) * f / output                                            (1)

    `most_steps` bounds the walk; the facts and elasticities are always complete. A `book` shared by several trails of
    one evaluation gives equal quantities equal keys.
    """
    book = book or Book()
    steps: list[Step] = []
    queue: list[Traced] = [output]
    seen = {id(output)}
    while queue and len(steps) < most_steps:
        node = queue.pop(0)
        formula, inputs = book.formula(node)
        steps.append(Step(book.key(node), node, formula, tuple(book.key(item) for item in inputs)))
        for item in inputs:
            if item.fact is None and id(item) not in seen:
                seen.add(id(item))
                queue.append(item)
    slopes = gradient(output)
    bottom = float(output)
    elasticities = {
        key: float(np.sum(np.asarray(slope) * np.asarray(leaf.value))) / bottom if bottom else 0.0
        for key, (leaf, slope) in slopes.items()
    }
    ranked = dict(sorted(elasticities.items(), key=lambda item: (-abs(item[1]), item[0])))
    return Trail(tuple(steps), ranked, {key: leaf for key, (leaf, _) in slopes.items()})


class Book:
    """The keys and formulas of one evaluation: a key is the label, numbered when several quantities share it."""

    def __init__(self) -> None:
        self._keys: dict[int, str] = {}
        self._count: dict[str, int] = {}
        self._formulas: dict[int, tuple[str, list[Traced]]] = {}
        self._held: list[Traced] = []

    def key(self, node: Traced) -> str:
        """Return the unique key of a named quantity, or of the fact that it is."""
        if node.fact is not None:
            return str(node.fact.key)
        known = self._keys.get(id(node))
        if known is None:
            label = node.label or node.op
            self._count[label] = self._count.get(label, 0) + 1
            number = self._count[label]
            known = label if number == 1 else f"{label} ({number})"
            self._keys[id(node)] = known
            self._held.append(node)  # an id is unique only while its node lives
        return known

    def formula(self, node: Traced) -> tuple[str, list[Traced]]:
        """Return the formula of a named node in terms of the nearest named nodes, and those nodes."""
        known = self._formulas.get(id(node))
        if known is None:
            known = self._formulas[id(node)] = _formula(node, self.key)
            self._held.append(node)
        return known


def _formula(node: Traced, key: Callable[[Traced], str]) -> tuple[str, list[Traced]]:
    inputs: list[Traced] = []
    seen: set[int] = set()

    def named(item: Traced) -> str:
        if id(item) not in seen:
            seen.add(id(item))
            inputs.append(item)
        return key(item)

    text = _render(node.inputs[0] if node.op == "name" else node, named, 0, top=True)
    return (text if len(text) <= _LONGEST_FORMULA else text[: _LONGEST_FORMULA - 3] + "..."), inputs


def _render(node: Traced, named: Any, tightness: int, *, top: bool = False) -> str:
    if node.op == "constant":
        return _number(node.value)
    if node.label and (not top or node.fact is not None):
        return str(named(node))
    if node.op == "name":
        return _render(node.inputs[0], named, tightness, top=top)
    if node.op == "multiply":
        return _product(node, named, tightness)
    if node.op == "add":
        return _sum(node, named, tightness)
    return _operation(node, named, tightness)


def _product(node: Traced, named: Any, tightness: int) -> str:
    if any(_is_number(item, 0.0) for item in node.inputs):
        return "0"
    if any(_is_number(item, 1.0) for item in node.inputs):
        return _render(node.inputs[_is_number(node.inputs[0], 1.0)], named, tightness)
    return _operation(node, named, tightness)


def _sum(node: Traced, named: Any, tightness: int) -> str:
    shown = [term for term in (_render(item, named, 1) for item in _terms(node)) if term != "0"]
    if len(shown) > _LONGEST_SUM:
        shown = [*shown[: _LONGEST_SUM - 1], f"... {len(shown) - _LONGEST_SUM + 1} more"]
    text = " + ".join(shown) or "0"
    return f"({text})" if tightness > 1 and len(shown) > 1 else text


def _operation(node: Traced, named: Any, tightness: int) -> str:
    if node.op in _INFIX:
        own = _TIGHTNESS[node.op]
        left = _render(node.inputs[0], named, own)
        right = _render(node.inputs[1], named, own + (node.op in ("subtract", "divide", "power")))
        text = f"{left} {_INFIX[node.op]} {right}"
        return f"({text})" if own < tightness else text
    if node.op == "negative":
        return f"-{_render(node.inputs[0], named, 3)}"
    arguments = ", ".join(_render(item, named, 0) for item in node.inputs)
    return f"{_CALLS.get(node.op, node.op)}({arguments})"


def _is_number(node: Traced, number: float) -> bool:
    # Rounding up forgives noise by a factor of 1 - 1e-9, which is no part of the formula a reader wants.
    return node.op == "constant" and np.size(node.value) == 1 and abs(float(node) - number) <= 1e-8


def _terms(node: Traced) -> list[Traced]:
    """Flatten a sum of sums, iteratively because sums over operators can be long."""
    terms: list[Traced] = []
    stack = [node]
    while stack:
        item = stack.pop()
        if item.op == "add" and (not item.label or item is node):
            stack.extend(reversed(item.inputs))
        elif item.op == "name" and not item.label:
            stack.append(item.inputs[0])
        else:
            terms.append(item)
    return terms


def _number(value: Any) -> str:
    array = np.asarray(value)
    return f"{float(array.reshape(-1)[0]):.6g}" if array.size == 1 else f"<{array.size} values>"
