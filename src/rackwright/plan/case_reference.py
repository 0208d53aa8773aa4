"""Published results that a plan is set against."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic_core import PydanticCustomError

from rackwright.plan.case_collect import Faults
from rackwright.plan.case_faults import suggestion
from rackwright.plan.case_models import ReferenceIn
from rackwright.plan.case_units import read_quantity

UNITS = {
    "usd_per_mtoken": "USD",
    "usd_per_mtoken_output": "USD",
    "usd_per_mtoken_input": "USD",
    "total_cost": "USD",
    "annual_cost": "USD",
    "capex": "USD",
    "usd_per_accelerator_hour": "USD",
    "energy": "J",
    "carbon": "kgCO2e",
    "ttft": "s",
    "tpot": "s",
    "tpot_mean": "s",
    "request_rate": "1/s",
    "output_rate": "1/s",
    "duration": "s",
    "step_time": "s",
    "goodput": "1",
    "interruptions": "1",
    "mfu": "1",
    "hfu": "1",
    "accelerators": "1",
    "replicas": "1",
    "it_power": "W",
    "pue": "1",
}
"""Metrics that can be compared with something published, and their units."""


def build_reference(
    stated: Mapping[str, ReferenceIn], path: tuple[str | int, ...], faults: Faults
) -> dict[str, tuple[float, float, str]]:
    """Return {metric: (low, high, source)} in SI."""
    found = {}
    for metric, reference in stated.items():
        if metric not in UNITS:
            text = f"`{metric}` is no metric that can be compared"
            faults.add((*path, metric), text, suggestion(metric, UNITS), key=True)
            continue
        ends = []
        for end in ("value", "high"):
            written = getattr(reference, end)
            if written is None:
                continue
            try:
                ends.append(read_quantity(written, UNITS[metric], f"3 {UNITS[metric]}"))
            except PydanticCustomError as error:
                context = error.context or {}
                faults.add((*path, metric, end), str(context.get("text")), str(context.get("hint")))
        if ends:
            found[metric] = (min(ends), max(ends), reference.source)
    return found
