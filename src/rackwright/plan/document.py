"""The shape of `plan.json`, version 1: everything a reader, a report or another program needs of a plan.

Numbers are bare SI; every metric carries its unit and a text for people. The same case, catalogue and seed give the
same bytes: no clock, no host, no path outside the case goes in.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

SCHEMA = "rackwright.plan/1"


class MetricValue(TypedDict):
    """One number of a design."""

    label: str
    unit: str
    value: float
    text: str
    low: NotRequired[float]
    high: NotRequired[float]
    better: NotRequired[str]


class BreakdownPart(TypedDict):
    """One part of a sum; `name` may be nested with `/`."""

    name: str
    value: float
    text: str


class BreakdownValue(TypedDict):
    """A sum and its parts."""

    label: str
    unit: str
    total: float
    text: str
    parts: list[BreakdownPart]


class LimitValue(TypedDict):
    """One bound with its margin; negative when broken."""

    name: str
    unit: str
    value: float
    bound: float
    margin: float
    text: str
    binding: bool


class FactValue(TypedDict):
    """One cited fact."""

    key: str
    value: float
    unit: str
    text: str
    low: float
    high: float
    source: str
    as_of: str
    grade: str
    note: str
    default: bool


class ExplainStep(TypedDict):
    """One named quantity: the formula it came from, and what went in. `inputs` are keys of other steps or of facts."""

    key: str
    value: float
    unit: str
    text: str
    formula: str
    doc: str
    inputs: list[str]


class ElasticityValue(TypedDict):
    """Per cent change of a metric for one per cent change of a fact."""

    fact: str
    elasticity: float


class Explanation(TypedDict):
    """A metric down to its facts."""

    metric: str
    label: str
    text: str
    steps: list[ExplainStep]
    facts: list[str]
    elasticities: list[ElasticityValue]


class TornadoBar(TypedDict):
    """What a metric becomes when one fact moves from its low to its high value."""

    fact: str
    label: str
    at_low: float
    at_high: float
    fact_low_text: str
    fact_high_text: str
    grade: str


class Tornado(TypedDict):
    """The facts that move a metric most."""

    metric: str
    label: str
    unit: str
    base: float
    bars: list[TornadoBar]


class Band(TypedDict):
    """P10, P50 and P90 of one metric over the facts' ranges and the model's own error."""

    metric: str
    label: str
    unit: str
    p10: float
    p50: float
    p90: float
    text: str


class FlowValue(TypedDict):
    """Power that flows from one stage to the next."""

    source: str
    target: str
    value: float
    text: str


class RackItem(TypedDict):
    """Something that stands in a rack."""

    name: str
    units: float
    count: int
    kind: str


class RackView(TypedDict):
    """One kind of rack, bottom to top."""

    name: str
    count: int
    height: float
    power_text: str
    items: list[RackItem]


class RooflinePoint(TypedDict):
    """One operator on the roofline of its accelerator."""

    name: str
    phase: str
    intensity: float
    achieved: float
    share: float


class Roofline(TypedDict):
    """The roofline of one accelerator and the operators of one workload."""

    accelerator: str
    peak: float
    bandwidth: float
    points: list[RooflinePoint]


class DesignView(TypedDict):
    """What was chosen for one workload."""

    workload: str
    kind: str
    model: str
    system: str
    system_name: str
    accelerator: str
    site: str
    site_name: str
    cooling: str
    cooling_name: str
    precision: str
    mode: str
    mapping: dict[str, float]
    prefill: dict[str, float]
    mapping_text: str


class WorkloadAnswer(TypedDict):
    """The recommended design of one workload with every number; `holds`: share of draws that keep every limit."""

    design: DesignView
    metrics: dict[str, MetricValue]
    breakdowns: dict[str, BreakdownValue]
    limits: list[LimitValue]
    binding: list[str]
    bands: list[Band]
    holds: float
    tornado: Tornado
    explanations: list[Explanation]
    power_flow: list[FlowValue]
    racks: list[RackView]
    roofline: Roofline
    reference: list[str]


class RunnerUp(TypedDict):
    """A design that lost, and why."""

    workload: str
    design: DesignView
    metrics: dict[str, MetricValue]
    why: str
    feasible: bool


class ParetoPoint(TypedDict):
    """One design on, or near, the front."""

    label: str
    values: list[float]
    texts: list[str]
    front: bool
    recommended: bool
    design: DesignView


class Pareto(TypedDict):
    """The front of one workload over the named objectives."""

    workload: str
    objectives: list[str]
    labels: list[str]
    units: list[str]
    points: list[ParetoPoint]


class RejectionCount(TypedDict):
    """How many designs broke a limit."""

    limit: str
    count: int


class SearchView(TypedDict):
    """What was searched."""

    workload: str
    designs: int
    feasible: int
    rejected: list[RejectionCount]
    space: list[str]


class DefaultValue(TypedDict):
    """A choice or number the case left open and Rackwright filled in."""

    path: str
    value: str
    why: str


class CaseView(TypedDict):
    """The case the plan answers, and the model configs it names by a path, so that it can be explained elsewhere."""

    name: str
    description: str
    file: str
    digest: str
    text: str
    models: dict[str, Any]


class PlanDocument(TypedDict):
    """The whole of `plan.json`."""

    schema: str
    rackwright: str
    catalogue: str
    case: CaseView
    seed: int
    samples: int
    feasible: bool
    headline: str
    summary: list[str]
    objective: str
    totals: dict[str, MetricValue]
    total_limits: list[LimitValue]
    workloads: list[WorkloadAnswer]
    runners_up: list[RunnerUp]
    pareto: list[Pareto]
    search: list[SearchView]
    defaults: list[DefaultValue]
    facts: list[FactValue]
    warnings: list[str]
