"""Two plans side by side: what was chosen differently, and what that does to every number."""

from __future__ import annotations

import math

from rackwright.base.format import format_change
from rackwright.plan.document import DesignView, MetricValue, PlanDocument, WorkloadAnswer
from rackwright.report.clean import clean
from rackwright.report.terminal.page import Page, styled
from rackwright.report.views import built

_BETTER = {"lower": -1.0, "higher": 1.0}


def render_compare(left: PlanDocument, right: PlanDocument, width: int | None = None, color: bool = False) -> str:
    """Write two plans side by side, workload by workload; those that only one plan has are named at the end."""
    left, right = clean(left), clean(right)
    page = Page(width, color=color)
    page.paragraph(f"A  {left['case']['name']}: {left['headline']}", style="bold")
    page.paragraph(f"B  {right['case']['name']}: {right['headline']}", style="bold")
    others = {answer["design"]["workload"]: answer for answer in right["workloads"]}
    for answer in left["workloads"]:
        partner = others.pop(answer["design"]["workload"], None)
        if partner is None:
            page.heading(f"{answer['design']['workload']}: only in A", rule=True)
            page.paragraph(built(answer), indent=2)
        else:
            _write_pair(page, answer, partner)
    for name, answer in others.items():
        page.heading(f"{name}: only in B", rule=True)
        page.paragraph(built(answer), indent=2)
    if left["totals"] or right["totals"]:
        page.heading("All workloads together", rule=True)
        _write_metrics(page, left["totals"], right["totals"])
    return str(page)


def _write_pair(page: Page, left: WorkloadAnswer, right: WorkloadAnswer) -> None:
    page.heading(left["design"]["workload"], rule=True)
    rows = []
    for name, one, other in _choices(left, right):
        rows.append([name, one, other, styled("" if one == other else "differs", "yellow")])
    page.table(["choice", "A", "B", ""], rows)
    page.show("")
    _write_metrics(page, left["metrics"], right["metrics"])


def _choices(left: WorkloadAnswer, right: WorkloadAnswer) -> list[tuple[str, str, str]]:
    def of(view: DesignView) -> list[tuple[str, str]]:
        return [
            ("model", view["model"]),
            ("mapping", view["mapping_text"]),
            ("precision", view["precision"]),
            ("site", view["site_name"]),
            ("cooling", view["cooling_name"]),
        ]

    rows = [("build", built(left), built(right))]
    pairs = zip(of(left["design"]), of(right["design"]), strict=True)
    return rows + [(name, one, other) for (name, one), (_, other) in pairs]


def _write_metrics(page: Page, left: dict[str, MetricValue], right: dict[str, MetricValue]) -> None:
    rows = []
    for key in dict.fromkeys((*left, *right)):
        one, other = left.get(key), right.get(key)
        named = one or other
        if named is None:
            continue
        change, look = _change(one, other)
        texts = [item["text"] if item else "" for item in (one, other)]
        rows.append([named["label"], *texts, styled(change, look)])
    page.table(["", "A", "B", "B against A"], rows, right="1 2 3")


def _change(one: MetricValue | None, other: MetricValue | None) -> tuple[str, str]:
    """Return how the second differs from the first, green where it is better and red where it is worse."""
    if one is None or other is None or not math.isfinite(one["value"]) or one["value"] == 0.0:
        return "", ""
    ratio = other["value"] / one["value"]
    gain = _BETTER.get(one.get("better", ""), 0.0) * (ratio - 1.0)
    look = "green" if gain > 5e-4 else "red" if gain < -5e-4 else ""
    return format_change(ratio), look
