"""The values a case left open: what was taken, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from rackwright.plan.case_models import CaseIn, LimitsIn, MappingIn, PrecisionIn
from rackwright.plan.case_records import OBJECTIVES, Default
from rackwright.plan.case_traffic import TrafficIn


def defaults_of(case: CaseIn) -> tuple[Default, ...]:
    """Return every key that was left out and has a default that says why."""
    found = list(_defaults(case, ""))
    if not case.objective.minimise and not case.objective.weights:
        found.append(Default("objective.minimise", OBJECTIVES[0], "the usual question"))
    return tuple(found)


def _defaults(model: BaseModel, path: str) -> Iterator[Default]:
    for name, field in type(model).model_fields.items():
        value, here = getattr(model, name), f"{path}{name}"
        extra = field.json_schema_extra
        why = str(extra.get("why", "")) if isinstance(extra, dict) else ""
        if name in model.model_fields_set:
            yield from _inside(value, here)
        elif isinstance(value, MappingIn | LimitsIn):
            yield Default(here, why, "left open")
            if isinstance(value, LimitsIn):
                yield Default(f"{here}.confidence", f"{value.confidence:g}", "more likely than not")
        elif isinstance(value, BaseModel):
            yield from _defaults(value, f"{here}.")
        elif why and not (isinstance(model, TrafficIn) and model.tokens is None and name == "counted"):
            shown = _written(value)
            yield Default(here, shown or why, why if shown else "left open")


def _inside(value: Any, path: str) -> Iterator[Default]:
    items = value if isinstance(value, list) else [value]
    for position, item in enumerate(items):
        if isinstance(item, BaseModel):
            yield from _defaults(item, f"{path}[{position}]." if isinstance(value, list) else f"{path}.")


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(item.weights if isinstance(item, PrecisionIn) else str(item) for item in value)
    return "" if value in (None, {}, "") else f"{value:g}" if isinstance(value, float) else str(value)
