"""Records and traced numbers made by hand, for rooms that are tested on their own."""

from __future__ import annotations

from typing import Any

from rackwright.base.breakdown import Breakdown
from rackwright.base.facts import Fact
from rackwright.base.record import fields_of
from rackwright.base.trace import Traced


def filled(kind: Any, **values: Any) -> Any:
    """Make a record from the fields that matter; the others get 1, nothing or an empty breakdown."""
    rest: dict[str, Any] = {}
    for declared in fields_of(kind):
        if declared.name in values:
            continue
        if declared.metadata["unit"]:
            rest[declared.name] = 1.0
        else:
            rest[declared.name] = () if declared.name == "limits" else Breakdown("1", {})
    return kind(**values, **rest)


def leaf(key: str, value: float, unit: str) -> Any:
    """Make a traced fact without range."""
    return Traced.leaf(value, unit, Fact(key, value, value, value, unit, unit, "test", "", "user"), key)
