"""A plan in sentences: the headline, the summary, and what a careful reader should be warned of."""

from __future__ import annotations

from datetime import date, timedelta

from rackwright.base.facts import GRADES, Fact
from rackwright.base.format import format_share, format_value
from rackwright.performance.efficiency import EfficiencyFacts
from rackwright.plan.answer import Answer
from rackwright.plan.case_records import Case
from rackwright.plan.document import WorkloadAnswer
from rackwright.plan.select import Choice
from rackwright.plan.world import World

_WEAK_GRADES = ("memory", "assumed")
_MOST_WEAK, _WORTH_SAYING = 2, 0.1


def headline(parts: list[WorkloadAnswer], feasible: bool) -> str:
    """Say in one sentence what to build: equal systems at one place together."""
    groups: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for part in parts:
        design = part["design"]
        count = part["metrics"]["systems"]["value"]
        groups.setdefault((design["system_name"], design["site_name"]), []).append((design["workload"], count))
    built = [f"{_grouped(users)} {system} in {site} for {_users(users)}" for (system, site), users in groups.items()]
    text = "Build " + "; ".join(built) + "."
    return text if feasible else f"No design keeps every limit. The nearest miss: {text[0].lower()}{text[1:]}"


def _grouped(users: list[tuple[str, float]]) -> str:
    return f"{sum(count for _, count in users):,.0f} \N{MULTIPLICATION SIGN}"


def _users(users: list[tuple[str, float]]) -> str:
    if len(users) == 1:
        return users[0][0]
    each = [f"{name} ({count:,.0f})" for name, count in users]
    return f"{', '.join(each[:-1])} and {each[-1]}"


def summary(case: Case, parts: list[WorkloadAnswer], choice: Choice) -> list[str]:
    """Say in a few sentences what it does, costs, draws, emits, and when it runs."""
    lines = []
    for part in parts:
        design, metrics = part["design"], part["metrics"]
        where = f"{design['cooling_name']}, PUE {metrics['pue']['text']}"
        if design["kind"] == "serve":
            fast = f"TTFT {metrics['ttft']['text']}, TPOT {metrics['tpot']['text']}"
        else:
            fast = f"{metrics['duration']['text']} at {metrics['mfu']['text']} MFU"
        lines.append(
            f"{design['workload']}: {design['model']} in {design['precision']} on {metrics['accelerators']['text']} "
            f"accelerators ({design['mapping_text']}); {fast}; {metrics['usd_per_mtoken']['text']} per million tokens; "
            f"{where}."
        )
    lines.extend(_how_sure(part) for part in parts if part["bands"])
    totals = choice.totals
    ready, first = (_day(case.start, totals[key]) for key in ("ready_date", "first_tokens"))
    lines.append(
        f"Together: {format_value(totals['capex'], 'USD')} before service, "
        f"{format_value(totals['annual_cost'], 'USD')} a year, {format_value(totals['it_power'], 'W')} IT, "
        f"{format_value(totals['carbon'], 'kgCO2e')} over the horizon; ordered on {case.start}, "
        f"first tokens {first}, full capacity {ready}."
    )
    return lines


def _day(start: str, seconds: float) -> str:
    """Return the date some time after the order, in words where calendars end."""
    try:
        return (date.fromisoformat(start) + timedelta(seconds=seconds)).isoformat()
    except (OverflowError, ValueError):
        return f"{format_value(seconds, 's')} later"


def _how_sure(part: WorkloadAnswer) -> str:
    name = part["design"]["workload"]
    band = part["bands"][0]
    middle = format_value(band["p50"], band["unit"])
    return (
        f"{name}, how sure: with every fact drawn from its range, {band['label']} is {band['text']} "
        f"(P10 to P90, middle {middle}); {format_share(round(part['holds'], 2))} of the draws keep every limit."
    )


def warnings_of(case: Case, answers: list[Answer], world: World) -> list[str]:
    """Say what a careful reader should know: weak facts that matter, approximations, what was never measured."""
    found: list[str] = []
    for workload, answer in zip(case.workloads, answers, strict=True):
        found.extend(f"{workload.name}: {note}" for note in workload.architecture.notes)
        found.extend(f"{workload.name}: {note}" for note in (*_unmeasured(answer, world), *_weak_facts(answer)))
    return found


def _weak_facts(answer: Answer) -> list[str]:
    explanation = answer.document["explanations"][0]
    swings: list[tuple[float, Fact]] = []
    for item in explanation["elasticities"]:
        fact = answer.facts[item["fact"]]
        if fact.grade in _WEAK_GRADES and fact.value:
            swings.append((abs(item["elasticity"]) * (fact.high - fact.low) / abs(fact.value), fact))
    swings.sort(key=lambda swing: (-swing[0], swing[1].key))
    return [
        f"{explanation['label']} rests on {fact.key} = {format_value(fact.value, fact.unit)}, "
        f"which is {GRADES[fact.grade]}; its range alone is worth {format_share(round(swing, 2))} of the result"
        for swing, fact in swings[:_MOST_WEAK]
        if swing >= _WORTH_SAYING
    ]


def _unmeasured(answer: Answer, world: World) -> list[str]:
    chip = answer.document["design"]["accelerator"]
    vendor = world.accelerators.text(chip, "vendor")
    table = world.catalogue.table("efficiency", EfficiencyFacts)
    measured = table.texts[table.ids[0]].get("measured_on", "")
    notes = []
    if measured and vendor not in measured.split(", "):
        notes.append(f"kernel efficiencies were measured on {measured} accelerators and are carried over to {vendor}")
    if (status := world.accelerators.text(chip, "status", "shipping")) != "shipping":
        notes.append(f"{chip} is {status}")
    return notes
