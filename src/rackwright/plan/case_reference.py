"""Published results that a plan is set against."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic_core import PydanticCustomError

from rackwright.plan.case_collect import Faults
from rackwright.plan.case_faults import suggestion
from rackwright.plan.case_models import ReferenceIn
from rackwright.plan.case_units import read_quantity
from rackwright.plan.metrics import metrics_of


def build_reference(
    stated: Mapping[str, ReferenceIn], kind: str, path: tuple[str | int, ...], faults: Faults
) -> dict[str, tuple[float, float, str]]:
    """Return {metric: (low, high, source)} in SI."""
    found = {}
    units = {item.key: item.unit for item in metrics_of(kind)}
    for metric, reference in stated.items():
        if metric not in units:
            text = f"`{metric}` is no metric that can be compared"
            faults.add((*path, metric), text, suggestion(metric, units), key=True)
            continue
        ends = []
        for end in ("value", "high"):
            written = getattr(reference, end)
            if written is None:
                continue
            try:
                ends.append(read_quantity(written, units[metric], f"3 {units[metric]}"))
            except PydanticCustomError as error:
                context = error.context or {}
                faults.add((*path, metric, end), str(context.get("text")), str(context.get("hint")))
        if ends:
            found[metric] = (min(ends), max(ends), reference.source)
    return found
