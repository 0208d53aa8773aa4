"""What the case itself states, as facts of grade `user`: so that traces have dimensions and explanations name them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from rackwright.base.facts import Fact
from rackwright.base.record import fields_of
from rackwright.base.trace import Traced
from rackwright.plan.problem import Problem

R = TypeVar("R")
SOURCE = "CASE: stated by the case"


def stated(value: float, unit: str, key: str) -> Traced:
    """Return a number of the case as a traced fact without range."""
    fact = Fact(f"case.{key}", value, value, value, unit, unit, SOURCE, "", "user", ranged=True)
    return Traced.leaf(value, unit, fact, fact.key)


def traced_problem(problem: Problem) -> Problem:
    """Return the same problem with every number of its demand traced."""
    return replace(problem, demand=_traced(problem.demand, problem.name))


def _traced(demand: R, owner: str) -> R:
    values: dict[str, Any] = {}
    for declared in fields_of(demand):
        unit = declared.metadata["unit"]
        value = getattr(demand, declared.name)
        values[declared.name] = stated(float(value), unit, f"{owner}.{declared.name}") if unit else value
    return type(demand)(**values)
