"""From records to the pieces of the plan document: metrics, sums, limits, racks, power flow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rackwright.base.breakdown import Breakdown
from rackwright.base.format import format_value
from rackwright.base.limit import Limit
from rackwright.base.trace import untraced
from rackwright.performance.records import Mapping, Serving
from rackwright.plan.document import (
    BreakdownPart,
    BreakdownValue,
    DesignView,
    FlowValue,
    LimitValue,
    MetricValue,
    RackItem,
    RackView,
)
from rackwright.plan.metrics import HEADLINE, Metric, metrics_of
from rackwright.plan.outcome import Design, Outcome
from rackwright.plan.problem import Problem
from rackwright.plan.world import World
from rackwright.site.records import SiteFacts

BINDING_MARGIN = 0.1
_SHORT = {"tp": "TP", "pp": "PP", "ep": "EP", "cp": "CP", "dp": "DP", "batch": "batch ", "micro_batch": "micro-batch "}
_RECOMPUTE = ("no recompute", "selective recompute", "full recompute")
_UNITS_HIGH = 48.0


def number(value: Any) -> float:
    """Return the one number in a block of one."""
    return float(np.asarray(untraced(value), dtype=float).reshape(-1)[0])


def metric_value(item: Metric, value: float) -> MetricValue:
    """Return a metric as the document shows it."""
    return MetricValue(
        label=item.label,
        unit=item.shown_unit,
        value=value,
        text=format_value(value, item.shown_unit),
        better=item.better,
    )


def metric_values(outcome: Outcome, kind: str) -> dict[str, MetricValue]:
    """Return all metrics of one design, the headline ones first."""
    items = {item.key: item for item in metrics_of(kind)}
    ordered = [
        *(items[key] for key in HEADLINE[kind]),
        *(item for key, item in items.items() if key not in HEADLINE[kind]),
    ]
    return {item.key: metric_value(item, number(item.read(outcome))) for item in ordered}


def breakdown_value(label: str, breakdown: Breakdown) -> BreakdownValue:
    """Return a sum of one design as the document shows it; parts of zero are left out."""
    amounts = {name: number(part) for name, part in breakdown.items()}
    return BreakdownValue(
        label=label,
        unit=breakdown.unit,
        total=number(breakdown.total),
        text=format_value(number(breakdown.total), breakdown.unit),
        parts=[
            BreakdownPart(name=name, value=amount, text=format_value(amount, breakdown.unit))
            for name, amount in amounts.items()
            if amount != 0.0
        ],
    )


def breakdown_values(outcome: Outcome) -> dict[str, BreakdownValue]:
    """Return every sum of one design by key."""
    performance = outcome.performance
    timed = (
        {"decode_time": ("time of one decode step", performance.decode),
         "prefill_time": ("time to prefill one request", performance.prefill)}
        if isinstance(performance, Serving)
        else {"step_time": ("time of one step", performance.step)}
    )  # fmt: skip
    sums = {
        "capex": ("capital before service", outcome.cost.capex),
        "annual_cost": ("cost per year", outcome.cost.annual),
        **timed,
        "memory": ("memory per accelerator", performance.memory),
        "it_power": ("IT power at full load", outcome.cluster.power),
        "facility_power": ("mean power at the meter", outcome.site.power),
        "embodied_carbon": ("embodied emissions", outcome.carbon.embodied),
        "annual_carbon": ("emissions per year", outcome.carbon.annual),
        "parts": ("bill of materials, pieces", outcome.cluster.parts),
        "lead_times": ("lead times", outcome.supply.lead_times),
        "critical_path": ("critical path to first tokens", outcome.supply.steps),
    }
    return {key: breakdown_value(label, breakdown) for key, (label, breakdown) in sums.items()}


def limit_values(limits: Sequence[Limit]) -> list[LimitValue]:
    """Return the limits of one design: what binds first, then by margin.

    A margin of exactly zero is a count that divides or a machine that fills its rack by design; it binds nothing.
    """
    shown = []
    for limit in limits:
        value, bound, margin = number(limit.value), number(limit.bound), number(limit.margin)
        relation = "at least" if limit.floor else "at most"
        text = f"{format_value(value, limit.unit)}, {relation} {format_value(bound, limit.unit)}"
        shown.append(
            LimitValue(
                name=limit.name, unit=limit.unit, value=value, bound=bound, margin=margin, text=text,
                binding=is_binding(margin) and not (limit.filled and margin >= 0),
            )
        )  # fmt: skip
    return sorted(shown, key=lambda item: (not item["binding"], item["margin"], item["name"]))


def is_binding(margin: float) -> bool:
    """Tell whether a limit is broken or nearly reached."""
    return not margin >= 0 or 0 < margin < BINDING_MARGIN


def mapping_text(mapping: Mapping, kind: str) -> str:
    """Return a mapping in one line: `TP8 PP2 DP16 micro-batch 1 ...`, leaving out what is 1."""
    words = [
        f"{word}{number(getattr(mapping, name)):g}"
        for name, word in _SHORT.items()
        if name in ("tp", "pp") or number(getattr(mapping, name)) != 1.0
        if not (kind == "train" and name == "batch") and not (kind == "serve" and name == "micro_batch")
    ]
    if kind == "train":
        if number(mapping.interleave) > 1:
            words.append(f"interleave {number(mapping.interleave):g}")
        words.append(f"ZeRO-{number(mapping.zero_stage):g}")
        words.append(_RECOMPUTE[int(number(mapping.recompute))])
    return " ".join(words)


def design_view(design: Design, problem: Problem, world: World) -> DesignView:
    """Describe a block of one design in words."""
    system = world.systems.ids[int(number(design.system))]
    site = world.locations.ids[int(number(design.site))]
    cooling = world.coolings[int(number(design.cooling))]
    text = mapping_text(design.mapping, problem.kind)
    if design.prefill is not None:
        text = f"prefill {mapping_text(design.prefill, problem.kind)}; decode {text}"
    return DesignView(
        workload=problem.name,
        kind=problem.kind,
        model=problem.architecture.name,
        system=system,
        system_name=world.systems.text(system, "name"),
        accelerator=world.systems.text(system, "accelerator"),
        site=site,
        site_name=world.locations.text(site, "name"),
        cooling=cooling,
        cooling_name=world.cooling_specs.text(cooling, "name"),
        precision=problem.precision_name,
        mode="disaggregated" if design.prefill is not None else "aggregated",
        mapping=_fields(design.mapping),
        prefill=_fields(design.prefill) if design.prefill is not None else {},
        mapping_text=text,
    )


def _fields(mapping: Mapping) -> dict[str, float]:
    return {name: number(getattr(mapping, name)) for name in Mapping.__dataclass_fields__}


def power_flow(outcome: Outcome, facts: SiteFacts) -> list[FlowValue]:
    """Return mean power from the grid through facility and racks to the dies.

    Inside the racks the split at full load is scaled to the mean. An accelerator's power is that of its module; the
    voltage regulators on it take their share before the dies.
    """
    flows: list[tuple[str, str, float]] = []
    site = {name: number(value) for name, value in outcome.site.power.items()}
    for name, watts in site.items():
        flows.append(("grid", "IT" if name == "IT" else name, watts))
    parts = {name: number(value) for name, value in outcome.cluster.power.items()}
    full = sum(parts.values())
    for name, watts in parts.items():
        flows.append(("IT", name.replace("/", ": "), site["IT"] * watts / full if full else 0.0))
    module, watts = next(((target, w) for _, target, w in flows if target.endswith("accelerators")), ("", 0.0))
    reached = number(facts.regulator_efficiency)
    flows += [(module, "dies and memory", watts * reached), (module, "voltage regulators", watts * (1.0 - reached))]
    return [
        FlowValue(source=source, target=target, value=watts, text=format_value(watts, "W"))
        for source, target, watts in flows
        if watts > 0
    ]


def rack_views(outcome: Outcome, view: DesignView) -> list[RackView]:
    """Return the kinds of rack in the cluster, as elevations."""
    spec, cluster = outcome.chosen.spec, outcome.cluster
    racks, systems = number(cluster.racks), number(cluster.systems)
    units, accelerators = number(spec.rack_units), number(spec.accelerators)
    spanned = max(1.0, number(spec.rack_share))
    per_rack = max(1, round(systems / racks)) if spanned <= 1 else 1
    height = max(_UNITS_HIGH, per_rack * min(units, _UNITS_HIGH))
    label = f"{view['system_name']} ({accelerators / spanned:g} accelerators)"
    item = RackItem(name=label, units=min(units, _UNITS_HIGH), count=per_rack, kind="compute")
    watts = format_value(number(cluster.rack_power) / spanned, "W")
    views = [RackView(name="system rack", count=round(racks), height=height, power_text=watts, items=[item])]
    network = round(number(cluster.network_racks))
    if network:
        switches = max(1, round(number(cluster.switches) / network))
        switch_units = max(1.0, min(2.0, _UNITS_HIGH / switches))
        item = RackItem(name="scale-out switch", units=switch_units, count=switches, kind="network")
        views.append(RackView(name="network rack", count=network, height=_UNITS_HIGH, power_text="", items=[item]))
    return views
