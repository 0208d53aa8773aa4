"""Give plain hours a dimension where facts are traced, so that the same formulas run on both."""

from __future__ import annotations

from typing import Any

import numpy as np

from rackwright.base import ops
from rackwright.base.record import fields_of, replace
from rackwright.base.trace import Traced, untraced
from rackwright.base.units import dimension
from rackwright.site.records import SiteFacts, Weather


def lifted(value: Any, unit: str, like: Any) -> Any:
    """Return `value` as a traced constant in `unit` if `like` is traced, else as it is."""
    if not isinstance(like, Traced) or isinstance(value, Traced):
        return value
    return Traced(value, dimension(unit), op="constant")


def lifted_weather(weather: Weather, like: Any) -> Weather:
    """Return `weather` with traced hours if `like` is traced, else as it is."""
    if not isinstance(like, Traced):
        return weather
    return Weather(**{f.name: lifted(getattr(weather, f.name), "K", like) for f in fields_of(Weather)})


def with_hour_axis(facts: SiteFacts) -> SiteFacts:
    """Append an axis to every sampled fact, so that samples broadcast against hours on the last axis."""
    values = {f.name: getattr(facts, f.name) for f in fields_of(SiteFacts)}
    sampled = {name: ops.add_axis(value) for name, value in values.items() if np.ndim(untraced(value))}
    return replace(facts, **sampled) if sampled else facts
