"""Derivations: a metric as a tree of formula steps, down to facts, each step shown once and linked afterwards."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rackwright.base.format import format_number, format_range
from rackwright.plan.document import ElasticityValue, ExplainStep, Explanation, FactValue
from rackwright.report.html.anchors import Anchors
from rackwright.report.views import UNSURE

_DEEPEST = 6
_MOST_STEPS = 80
_MOST_SLOPES = 12


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a formula: plain text, or the name of something explained elsewhere on the page."""

    text: str
    target: str = ""


@dataclass(slots=True)
class Branch:
    """A step and the steps it was computed from."""

    number: int
    anchor: str
    step: ExplainStep
    doc: str
    formula: list[Piece]
    facts: list[Piece]
    again: list[Piece]
    children: list[Branch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Slope:
    """How strongly a fact moves the metric, with a bar in per cent of the strongest."""

    label: str
    target: str
    text: str
    bar: float
    negative: bool
    grade: str
    unsure: bool
    default: bool
    value: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """One metric explained."""

    anchor: str
    label: str
    text: str
    branches: list[Branch]
    slopes: list[Slope]
    left_out: int
    fact_count: int


def derivation_of(
    explanation: Explanation, anchors: Anchors, facts: Mapping[str, FactValue], workload: int
) -> Derivation:
    """Return the tree of one explanation, the result at its root."""
    anchor = anchors.metric(workload, explanation["metric"])
    steps = explanation["steps"][:_MOST_STEPS]
    places = {step["key"]: f"{anchor}-{place + 1}" for place, step in reversed(list(enumerate(steps)))}
    builder = _Builder(steps, places, anchors, facts)
    roots: list[Branch] = []
    for step in steps:
        if step["key"] not in builder.shown:
            roots.append(builder.branch(step, 0))
    return Derivation(
        anchor=anchor,
        label=explanation["label"],
        text=explanation["text"],
        branches=roots,
        slopes=_slopes(explanation["elasticities"], anchors, facts),
        left_out=len(explanation["steps"]) - len(steps),
        fact_count=len(explanation["facts"]),
    )


class _Builder:
    """Walks the steps depth first and remembers which it has shown."""

    def __init__(
        self, steps: list[ExplainStep], places: Mapping[str, str], anchors: Anchors, facts: Mapping[str, FactValue]
    ) -> None:
        self._steps = {step["key"]: step for step in reversed(steps)}
        self._places, self._anchors, self._facts = places, anchors, facts
        self.shown: dict[str, int] = {}

    def branch(self, step: ExplainStep, depth: int) -> Branch:
        """Return a step with everything below it that has not been shown yet."""
        number = len(self.shown) + 1
        self.shown[step["key"]] = number
        anchor = self._places[step["key"]]
        result = Branch(number, anchor, step, _doc(step), self._formula(step), self._leaves(step), [])
        for key in dict.fromkeys(step["inputs"]):
            if key not in self._steps:
                continue
            if key in self.shown:
                result.again.append(Piece(f"{key} ({self.shown[key]})", self._places[key]))
            elif depth < _DEEPEST:
                result.children.append(self.branch(self._steps[key], depth + 1))
        return result

    def _leaves(self, step: ExplainStep) -> list[Piece]:
        keys = [key for key in dict.fromkeys(step["inputs"]) if key not in self._steps and self._anchors.fact(key)]
        return [Piece(self._leaf_text(key), self._anchors.fact(key)) for key in keys]

    def _leaf_text(self, key: str) -> str:
        fact = self._facts.get(key)
        return f"{key} = {fact['text']}" if fact else key

    def _formula(self, step: ExplainStep) -> list[Piece]:
        """Cut a formula at the names of its inputs, longest first so that `a.b` is not taken for `a`."""
        names = sorted((name for name in set(step["inputs"]) if name), key=lambda name: (-len(name), name))
        if not names or not step["formula"]:
            return [Piece(step["formula"])] if step["formula"] else []
        pattern = "(" + "|".join(re.escape(name) for name in names) + ")"
        pieces = re.split(pattern, step["formula"])
        return [
            Piece(text, self._target(text)) if index % 2 else Piece(text.replace(" x ", " × "))
            for index, text in enumerate(pieces)
            if text
        ]

    def _target(self, name: str) -> str:
        return self._places.get(name, "") or self._anchors.fact(name)


def _doc(step: ExplainStep) -> str:
    """Return what a step means, unless its name says the same."""
    plain = step["doc"].replace(": ", "/")
    return "" if plain == step["key"] else step["doc"]


def _slopes(elasticities: list[ElasticityValue], anchors: Anchors, facts: Mapping[str, FactValue]) -> list[Slope]:
    known = [item for item in elasticities if math.isfinite(item["elasticity"]) and item["elasticity"] != 0.0]
    ranked = sorted(known, key=lambda item: -abs(item["elasticity"]))[:_MOST_SLOPES]
    strongest = abs(ranked[0]["elasticity"]) if ranked else 1.0
    result = []
    for item in ranked:
        fact = facts.get(item["fact"])
        result.append(
            Slope(
                label=item["fact"],
                target=anchors.fact(item["fact"]),
                text=format_number(item["elasticity"]),
                bar=round(100.0 * (abs(item["elasticity"]) / strongest), 1),
                negative=item["elasticity"] < 0.0,
                grade=fact["grade"] if fact else "",
                unsure=bool(fact and fact["grade"] in UNSURE),
                default=bool(fact and fact["default"]),
                value=_value(fact) if fact else "",
            )
        )
    return result


def _value(fact: FactValue) -> str:
    if fact["low"] == fact["high"]:
        return fact["text"]
    return f"{fact['text']} ({format_range(fact['low'], fact['high'], fact['unit'])})"
