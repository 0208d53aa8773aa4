"""The story of a plan for its page: the answer, how sure it is, why, what it is made of, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from rackwright.plan.document import DesignView, LimitValue, MetricValue, PlanDocument, RunnerUp, WorkloadAnswer
from rackwright.report.html.anchors import Anchors
from rackwright.report.html.derivations import Derivation, derivation_of
from rackwright.report.html.figures import Figure, bands_figure, pareto_figure, part_figures, tornado_figure
from rackwright.report.views import (
    Mover,
    built,
    margin_text,
    metrics_of,
    movers,
    path_text,
    search_text,
    spread_text,
    status_word,
    tightest,
)

_KEY_NUMBERS = 6
_MOST_LIMITS = 8
_FULL = 100.0


@dataclass(frozen=True, slots=True)
class Number:
    """A number to show: what, how much, its spread, and the identifier of its derivation, if it has one."""

    label: str
    text: str
    spread: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit to show: how much of it is used, in per cent for its bar, and in words whether it is kept."""

    name: str
    text: str
    margin: str
    word: str
    used: float


@dataclass(frozen=True, slots=True)
class Rival:
    """A runner-up to show."""

    name: str
    mapping: str
    numbers: list[Number]
    why: str
    feasible: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """Everything the page says of one workload."""

    identifier: str
    name: str
    kind: str
    model: str
    design: list[tuple[str, str]]
    key_numbers: list[Number]
    numbers: list[Number]
    bounds: list[Bound]
    path: str
    movers: list[tuple[Mover, str]]
    rivals: list[Rival]
    search: str
    space: list[str]
    reference: list[str]
    confidence: list[Figure]
    reasons: list[Figure]
    parts: list[Figure]
    derivations: list[Derivation]


def chapter_of(document: PlanDocument, index: int, anchors: Anchors) -> Chapter:
    """Return the chapter of one workload."""
    answer = document["workloads"][index]
    view = answer["design"]
    workload = view["workload"]
    facts = {fact["key"]: fact for fact in document["facts"]}
    numbers = [_number(metric, anchors.metric(index, key)) for key, metric in metrics_of(answer).items()]
    fronts = [pareto_figure(item, f"w{index}") for item in document["pareto"] if item["workload"] == workload]
    searches = [item for item in document["search"] if item["workload"] == workload]
    certain = [bands_figure(answer, f"w{index}"), tornado_figure(answer, f"w{index}")]
    return Chapter(
        identifier=f"workload-{index + 1}",
        name=workload,
        kind=view["kind"],
        model=view["model"],
        design=design_rows(answer),
        key_numbers=numbers[:_KEY_NUMBERS],
        numbers=numbers[_KEY_NUMBERS:],
        bounds=bounds_of(answer["limits"]),
        path=path_text(answer),
        movers=[(mover, anchors.fact(mover.fact)) for mover in movers(answer["tornado"])],
        rivals=[_rival(item) for item in document["runners_up"] if item["workload"] == workload],
        search=search_text(document, workload),
        space=[line for item in searches for line in item["space"]],
        reference=answer["reference"],
        confidence=[figure for figure in certain if figure],
        reasons=[figure for figure in fronts if figure],
        parts=part_figures(answer, f"w{index}"),
        derivations=[derivation_of(item, anchors, facts, index) for item in answer["explanations"]],
    )


def design_rows(answer: WorkloadAnswer) -> list[tuple[str, str]]:
    """Return what was chosen, as (choice, value)."""
    view = answer["design"]
    rows = [
        ("Build", built(answer)),
        ("Mapping", view["mapping_text"]),
        ("Precision", view["precision"]),
        ("Site", view["site_name"] or view["site"]),
        ("Cooling", view["cooling_name"] or view["cooling"]),
    ]
    return [row for row in rows if row[1]]


def totals_of(document: PlanDocument) -> list[Number]:
    """Return the numbers of all workloads together."""
    return [_number(metric, "") for metric in document["totals"].values()]


def bounds_of(limits: list[LimitValue]) -> list[Bound]:
    """Return the limits nearest to being broken, each with how much of it is used."""
    return [
        Bound(
            name=limit["name"],
            text=limit["text"],
            margin=margin_text(limit),
            word=status_word(limit),
            used=round(min(max(_FULL * (1.0 - limit["margin"]), 0.0), _FULL), 1),
        )
        for limit in tightest(limits, _MOST_LIMITS)
    ]


def _number(metric: MetricValue, anchor: str) -> Number:
    return Number(metric["label"], metric["text"], spread_text(metric), anchor)


def _rival(item: RunnerUp) -> Rival:
    numbers = [_number(metric, "") for metric in list(item["metrics"].values())[:3]]
    return Rival(_design_name(item["design"]), item["design"]["mapping_text"], numbers, item["why"], item["feasible"])


def _design_name(view: DesignView) -> str:
    parts = (
        view["system_name"] or view["system"],
        view["site_name"] or view["site"],
        view["cooling_name"] or view["cooling"],
    )
    return ", ".join(part for part in parts if part)
