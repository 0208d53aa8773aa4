"""The recommended design of one workload with every number, its bands, its tornado and its explanations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rackwright.base.facts import Fact
from rackwright.base.format import format_change, format_range, format_value
from rackwright.plan.case_records import Workload
from rackwright.plan.document import Explanation, MetricValue, WorkloadAnswer
from rackwright.plan.evaluate import evaluate
from rackwright.plan.explain import explain_metric, traced_world
from rackwright.plan.metrics import HEADLINE, METRICS, metrics_of
from rackwright.plan.outcome import Design, Outcome
from rackwright.plan.problem import Problem
from rackwright.plan.roofline_view import roofline_of
from rackwright.plan.search import Bound, case_limits
from rackwright.plan.stated import traced_problem
from rackwright.plan.trail import Book
from rackwright.plan.uncertainty import bands_of, draw_design, tornado_of
from rackwright.plan.view import (
    breakdown_values,
    design_view,
    limit_values,
    metric_values,
    number,
    power_flow,
    rack_views,
)
from rackwright.plan.world import World

_MOST_BINDING = 4


@dataclass(frozen=True)
class Answer:
    """A workload's part of the document, and the facts its explanations rest on."""

    document: WorkloadAnswer
    facts: Mapping[str, Fact]
    outcome: Outcome


@dataclass(frozen=True)
class Depth:
    """How closely the chosen designs are looked at: draws of the facts' ranges and their seed."""

    samples: int
    seed: int
    tornado: str


def answer_workload(
    workload: Workload, design: Design, problem: Problem, bounds: Sequence[Bound], world: World, depth: Depth
) -> Answer:
    """Evaluate the chosen design plain, traced and sampled, and put its part of the document together."""
    world = world.focused(design)
    outcome = evaluate(design, problem, world)
    traced = evaluate(design, traced_problem(problem), traced_world(world))
    view = design_view(design, problem, world)
    metrics = metric_values(outcome, problem.kind)
    headline = [METRICS[key] for key in HEADLINE[problem.kind]]
    draws = draw_design(design, problem, world, metrics_of(problem.kind), depth.samples, depth.seed)
    bands = bands_of(draws.metrics, headline)
    _add_ranges(metrics, bands_of(draws.metrics, metrics_of(problem.kind)))
    explanations, facts = _explanations(traced, problem.kind)
    limits = limit_values((*outcome.limits, *case_limits(outcome, bounds, problem.kind)))
    document = WorkloadAnswer(
        design=view,
        metrics=metrics,
        breakdowns=breakdown_values(outcome),
        limits=limits,
        binding=[item["name"] for item in limits if item["binding"]][:_MOST_BINDING],
        bands=bands,
        holds=draws.holds,
        tornado=tornado_of(METRICS[depth.tornado], traced, design, problem, world),
        explanations=explanations,
        power_flow=power_flow(outcome, world.site_facts),
        racks=rack_views(outcome, view),
        roofline=roofline_of(design, problem, outcome, world),
        reference=reference_lines(workload, outcome),
    )
    return Answer(document, facts, outcome)


def _add_ranges(metrics: dict[str, MetricValue], bands: Sequence[Mapping[str, object]]) -> None:
    for band in bands:
        metrics[str(band["metric"])]["low"] = float(band["p10"])  # type: ignore[arg-type]
        metrics[str(band["metric"])]["high"] = float(band["p90"])  # type: ignore[arg-type]


def _explanations(traced: Outcome, kind: str) -> tuple[list[Explanation], dict[str, Fact]]:
    explanations, facts = [], {}
    book = Book()
    for key in HEADLINE[kind]:
        explanation, behind = explain_metric(METRICS[key], traced, book)
        explanations.append(explanation)
        facts.update(behind)
    return explanations, facts


def reference_lines(workload: Workload, outcome: Outcome) -> list[str]:
    """Set the plan against the published results that the case names, one line each."""
    lines = []
    for key, (low, high, source) in workload.reference.items():
        item = METRICS[key]
        value = number(item.read(outcome))
        middle = 0.5 * (low + high)
        published = format_value(low, item.shown_unit) if low == high else format_range(low, high, item.shown_unit)
        verdict = "inside" if low <= value <= high else format_change(value / middle) + " against"
        lines.append(
            f"{item.label}: {format_value(value, item.shown_unit)}, {verdict} the published {published} ({source})"
        )
    return lines
