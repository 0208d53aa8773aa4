"""What a reader wants to know of a plan, picked out of the document once for the terminal and the page alike."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rackwright.base.format import UNKNOWN, format_alike, format_range, format_share, round_significant
from rackwright.plan.document import (
    BreakdownValue,
    LimitValue,
    MetricValue,
    PlanDocument,
    Tornado,
    WorkloadAnswer,
)
from rackwright.report.svg.text import spoken

UNSURE = ("assumed", "memory", "secondary", "published-estimate")


@dataclass(frozen=True, slots=True)
class Mover:
    """A fact that moves a metric: over which range of its own, and by how much at either end."""

    fact: str
    label: str
    grade: str
    range_text: str
    change_text: str
    swing: float


def spread_text(metric: MetricValue) -> str:
    """Return P10 to P90 of a metric, or nothing where no spread is known."""
    low, high = metric.get("low", math.nan), metric.get("high", math.nan)
    if math.isnan(low) or math.isnan(high) or low == high:
        return ""
    return format_range(low, high, metric["unit"])


def metrics_of(answer: WorkloadAnswer) -> dict[str, MetricValue]:
    """Return the metrics of a workload, each with the ends of its band where one is known."""
    bands = {band["metric"]: band for band in answer["bands"]}
    result: dict[str, MetricValue] = {}
    for key, metric in answer["metrics"].items():
        band = bands.get(key)
        result[key] = metric
        if band is not None and "low" not in metric:
            result[key] = {**metric, "low": band["p10"], "high": band["p90"]}
    return result


def tightest(limits: list[LimitValue], most: int = 6) -> list[LimitValue]:
    """Return the limits nearest to being broken: broken ones, those that bind, then the rest by margin.

    A margin of exactly zero that does not bind is a rule the design meets by construction, not a limit it runs into.
    """
    known = [limit for limit in limits if not math.isnan(limit["margin"]) and (limit["margin"] or limit["binding"])]
    return sorted(known, key=lambda limit: (limit["margin"] >= 0, not limit["binding"], limit["margin"]))[:most]


def margin_text(limit: LimitValue) -> str:
    """Say how far a limit is: `3.2 % left`, or `broken by 18 %`."""
    margin = limit["margin"]
    if math.isnan(margin):
        return UNKNOWN
    share = format_share(round_significant(abs(margin), 2))
    return f"broken by {share}" if margin < 0 else f"{share} left"


def status_word(limit: LimitValue) -> str:
    """Return `broken`, `binds` or `kept`."""
    if limit["margin"] < 0:
        return "broken"
    return "binds" if limit["binding"] else "kept"


def movers(tornado: Tornado, most: int = 5) -> list[Mover]:
    """Return what to pin down first: the facts whose own range moves the metric most."""
    base = tornado["base"]
    found: list[Mover] = []
    for bar in tornado["bars"]:
        ends = (bar["at_low"], bar["at_high"])
        if not all(map(math.isfinite, (*ends, base))) or base == 0.0:
            continue
        changes = [end / base - 1.0 for end in ends]
        swing = max(changes) - min(changes)
        change = f"{signed_share(changes[0])} … {signed_share(changes[1])}"
        spread = f"{bar['fact_low_text']} … {bar['fact_high_text']}"
        found.append(Mover(bar["fact"], bar["label"], bar["grade"], spread, change, swing))
    return sorted(found, key=lambda mover: -mover.swing)[:most]


def signed_share(change: float) -> str:
    """Write a relative change with its sign."""
    if not math.isfinite(change):
        return UNKNOWN
    rounded = round_significant(change, 2)
    return "±0 %" if abs(change) < 5e-4 else f"{'+' if rounded > 0 else ''}{format_share(rounded)}"


def lead_times_of(answer: WorkloadAnswer) -> BreakdownValue | None:
    """Return the breakdown that holds lead times by class, if there is one."""
    return _seconds(answer, ("lead",))


def critical_path_of(answer: WorkloadAnswer) -> BreakdownValue | None:
    """Return the breakdown that holds the steps to first tokens, if there is one."""
    return _seconds(answer, ("steps", "critical"))


def _seconds(answer: WorkloadAnswer, words: tuple[str, ...]) -> BreakdownValue | None:
    for key, breakdown in answer["breakdowns"].items():
        if breakdown["unit"] == "s" and any(word in key.lower() for word in words):
            return breakdown
    return None


def path_text(answer: WorkloadAnswer) -> str:
    """Write the critical path on one line: `permits 8 weeks → transformers 28 weeks → ...`."""
    path = critical_path_of(answer)
    if path is None:
        return ""
    known = [part for part in path["parts"] if math.isfinite(part["value"]) and part["value"] > 0.0]
    texts = format_alike([part["value"] for part in known], "s")
    return " → ".join(f"{spoken(part['name'])} {text}" for part, text in zip(known, texts, strict=True))


def search_text(document: PlanDocument, workload: str) -> str:
    """Say how many designs were tried, how many keep every limit, and why the others fell."""
    for view in document["search"]:
        if view["workload"] == workload:
            fallen = ", ".join(f"{item['limit']} {item['count']:,}" for item in view["rejected"])
            kept = f"{view['designs']:,} designs tried, {view['feasible']:,} keep every limit"
            return f"{kept}; why the others fell: {fallen}" if fallen else kept
    return ""


def built(answer: WorkloadAnswer) -> str:
    """Say what stands there: `14 × GB200 NVL72`."""
    systems = answer["metrics"].get("systems")
    name = answer["design"]["system_name"] or answer["design"]["system"]
    return f"{systems['text']} × {name}" if systems else name
