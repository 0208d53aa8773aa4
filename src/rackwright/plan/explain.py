"""A number down to its formula steps, its facts with sources and grades, and how strongly each fact moves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rackwright.base.facts import Fact
from rackwright.base.format import format_value
from rackwright.base.record import RECORDS, doc_of
from rackwright.base.trace import Traced
from rackwright.plan.document import ElasticityValue, ExplainStep, Explanation, FactValue
from rackwright.plan.metrics import Metric
from rackwright.plan.outcome import Outcome
from rackwright.plan.trail import MOST_STEPS, Book, Step, Trail, trail_of
from rackwright.plan.view import number
from rackwright.plan.world import World

_SMALLEST_ELASTICITY = 1e-4


def traced_world(world: World) -> World:
    """Return the same world with every fact traced."""
    return world.with_catalogue(world.catalogue.traced())


def explain_number(
    key: str, label: str, unit: str, value: Any, book: Book | None = None, most_steps: int = MOST_STEPS
) -> tuple[Explanation, dict[str, Fact]]:
    """Explain one traced number; return the explanation and the facts behind it by key.

    A number that rests on no fact (what the case itself states) has no steps.
    """
    text = format_value(number(value), unit)
    if not isinstance(value, Traced):
        step = ExplainStep(
            key=label,
            value=number(value),
            unit=unit,
            text=text,
            formula="stated by the case",
            doc=label,
            inputs=[],
        )
        return Explanation(metric=key, label=label, text=text, steps=[step], facts=[], elasticities=[]), {}
    trail = trail_of(value, most_steps=most_steps, book=book)
    facts = {name: leaf.fact for name, leaf in trail.leaves.items()}
    explanation = Explanation(
        metric=key,
        label=label,
        text=text,
        steps=[_step(step, unit if at == 0 else "") for at, step in enumerate(trail.steps)],
        facts=list(trail.elasticities),
        elasticities=_elasticities(trail, facts),
    )
    return explanation, facts


def explain_metric(
    item: Metric, outcome: Outcome, book: Book | None = None, most_steps: int = MOST_STEPS
) -> tuple[Explanation, dict[str, Fact]]:
    """Explain a metric of a traced outcome; a shared `book` names equal quantities alike in several explanations."""
    return explain_number(item.key, item.label, item.unit, item.read(outcome), book, most_steps)


def _elasticities(trail: Trail, facts: Mapping[str, Fact]) -> list[ElasticityValue]:
    """Return elasticities that say something: definitions can't be other than they are."""
    return [
        ElasticityValue(fact=fact, elasticity=value)
        for fact, value in trail.elasticities.items()
        if abs(value) >= _SMALLEST_ELASTICITY and facts[fact].grade != "definition"
    ]


def _step(step: Step, unit: str) -> ExplainStep:
    written = step.node.unit or unit or "1"
    value = float(step.node)
    return ExplainStep(
        key=step.key,
        value=value,
        unit=written,
        text=format_value(value, written),
        formula=step.formula,
        doc=_meaning(step.node.label),
        inputs=list(step.inputs),
    )


def _meaning(label: str) -> str:
    """Return what a label such as `Site.pue` means, from the declaration of the field."""
    owner, _, name = label.partition(".")
    kind = RECORDS.get(owner)
    if kind is None or name not in kind.__dataclass_fields__:
        return label.replace("/", ": ", 1) if "/" in label else ""
    return doc_of(kind, name)


def fact_values(facts: Iterable[Fact]) -> list[FactValue]:
    """Return facts as the plan document shows them, by key."""
    return [
        FactValue(
            key=fact.key,
            value=fact.value,
            unit=fact.unit,
            text=format_value(fact.value, fact.unit),
            low=fact.low,
            high=fact.high,
            source=fact.source,
            as_of=fact.as_of,
            grade=fact.grade,
            note=fact.note,
            default=fact.default,
        )
        for fact in sorted({fact.key: fact for fact in facts}.values(), key=lambda item: item.key)
    ]
