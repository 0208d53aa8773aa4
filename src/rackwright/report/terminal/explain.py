"""One number taken apart: the steps of its formula, the facts at the bottom, and how strongly each moves it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rackwright.base.format import format_number, format_range
from rackwright.plan.document import ExplainStep, Explanation, FactValue
from rackwright.report.clean import clean
from rackwright.report.terminal.page import Page, styled
from rackwright.report.views import UNSURE

_MOST_STEPS = 40
_BAR = 8


def render_explanation(
    explanation: Explanation, facts: Sequence[FactValue], width: int | None = None, color: bool = False
) -> str:
    """Write an explanation: the result first, then what it was computed from, down to cited facts."""
    explanation = clean(explanation)
    known = {fact["key"]: fact for fact in clean(list(facts))}
    page = Page(width, color=color)
    page.paragraph(f"{explanation['label']} = {explanation['text']}", style="bold")
    numbers = {step["key"]: place + 1 for place, step in enumerate(explanation["steps"])}
    page.heading("How it is computed")
    for step in explanation["steps"][:_MOST_STEPS]:
        _write_step(page, step, numbers)
    left = len(explanation["steps"]) - _MOST_STEPS
    if left > 0:
        page.paragraph(f"and {left} more steps, in plan.json", style="dim", indent=2)
    slopes = {item["fact"]: item["elasticity"] for item in explanation["elasticities"]}
    _write_facts(page, [known[key] for key in explanation["facts"] if key in known], slopes)
    return str(page)


def _write_step(page: Page, step: ExplainStep, numbers: dict[str, int]) -> None:
    page.paragraph(f"({numbers[step['key']]}) {step['key']} = {step['text']}")
    page.paragraph(f"= {step['formula']}" if step["formula"] else "", indent=6)
    inner = [f"{key} ({numbers[key]})" for key in step["inputs"] if key in numbers]
    trail = [step["doc"], f"from {', '.join(inner)}" if inner else ""]
    page.paragraph("; ".join(text for text in trail if text), style="dim", indent=6)


def _write_facts(page: Page, facts: list[FactValue], slopes: dict[str, float]) -> None:
    if not facts:
        return
    page.heading("The facts behind it, strongest first")
    page.paragraph("Elasticity: per cent change of the result for one per cent change of the fact.", style="dim")
    ranked = sorted(facts, key=lambda fact: -abs(_known(slopes.get(fact["key"], 0.0))))
    strongest = max((abs(_known(slopes.get(fact["key"], 0.0))) for fact in ranked), default=0.0) or 1.0
    rows = []
    for fact in ranked:
        slope = _known(slopes.get(fact["key"], 0.0))
        bar = "█" * round(_BAR * (abs(slope) / strongest))
        value = fact["text"] + (" (default)" if fact["default"] else "")
        spread = format_range(fact["low"], fact["high"], fact["unit"]) if fact["low"] != fact["high"] else ""
        grade = styled(fact["grade"], "yellow" if fact["grade"] in UNSURE else "")
        amount = f"{format_number(slope)} {bar}" if slope else "0"
        rows.append([fact["key"], value, spread, amount, grade])
    page.table(["fact", "value", "range", "elasticity", "grade"], rows, whole="1 3")
    page.heading("Sources")
    for source in dict.fromkeys(f"{fact['source']} ({fact['as_of']})".removesuffix(" ()") for fact in ranked):
        page.bullet(source)


def _known(slope: float) -> float:
    return slope if math.isfinite(slope) else 0.0
