"""From a case to the plan document: search every workload, choose, evaluate the choice in depth, and write it up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import PurePath

from rackwright.base.facts import GRADES, Fact
from rackwright.base.format import format_share, format_value
from rackwright.performance.efficiency import EfficiencyFacts
from rackwright.plan.answer import Answer, Depth, answer_workload
from rackwright.plan.case_catalogue import catalogue_of
from rackwright.plan.case_records import Case, MappingChoice, Workload
from rackwright.plan.document import (
    SCHEMA,
    CaseView,
    DefaultValue,
    LimitValue,
    MetricValue,
    PlanDocument,
    WorkloadAnswer,
)
from rackwright.plan.explain import fact_values
from rackwright.plan.mapping_space import mapping_space
from rackwright.plan.metrics import METRICS
from rackwright.plan.problem import Problem, problems_of
from rackwright.plan.rivals import design_at, pareto_of, runners_up, search_view
from rackwright.plan.robust import DRAWS, require_confidence
from rackwright.plan.search import Bound, search_problem
from rackwright.plan.select import Choice, Pool, case_bounds, choose, pool_of
from rackwright.plan.space import Space
from rackwright.plan.view import is_binding, metric_value
from rackwright.plan.world import World

Progress = Callable[[float, str], None]
_TOTALS = ("total_cost", "annual_cost", "capex", "usd_per_mtoken", "accelerators", "racks", "it_power", "feeder_power",
           "facility_power", "energy", "carbon", "water", "first_tokens", "ready_date")  # fmt: skip
_WEAK_GRADES = ("memory", "assumed")
_MOST_WEAK, _WORTH_SAYING = 2, 0.1
_SEARCH_SHARE = 0.7


def make_plan(case: Case, version: str, samples: int, seed: int, progress: Progress) -> PlanDocument:
    """Answer a case; see the module text. The same case, catalogue, samples and seed give the same document."""
    world = World(catalogue_of(case), case)
    bounds = case_bounds(case.limits)
    pools = _search_all(case, world, bounds, progress)
    choice = choose(pools, case.objective.weights, bounds)
    main = max(case.objective.weights, key=lambda key: (case.objective.weights[key], key))
    depth = Depth(samples, seed, main)
    answers = []
    for at, (workload, pool, pick) in enumerate(zip(case.workloads, pools, choice.picks, strict=True)):
        progress(_SEARCH_SHARE + (1 - _SEARCH_SHARE) * at / len(pools), f"explaining {workload.name}")
        design, problem = design_at(pool, pick)
        answers.append(answer_workload(workload, design, problem, bounds, world, depth))
    facts: dict[str, Fact] = {key: fact for answer in answers for key, fact in answer.facts.items()}
    parts = [answer.document for answer in answers]
    weights = case.objective.weights
    return PlanDocument(
        schema=SCHEMA,
        rackwright=version,
        catalogue=world.catalogue.digest(),
        case=_case_view(case),
        seed=seed,
        samples=samples,
        feasible=choice.feasible,
        headline=headline(parts, choice.feasible),
        summary=summary(case, parts, choice),
        objective=", ".join(f"{METRICS[key].label} ({format_share(weight)})" for key, weight in weights.items()),
        totals=_totals(choice),
        total_limits=_total_limits(choice, bounds),
        workloads=parts,
        runners_up=[
            rival
            for pool, pick in zip(pools, choice.picks, strict=True)
            for rival in runners_up(pool, pick, weights, world)
        ],
        pareto=[
            pareto_of(pool, pick, case.objective.pareto, world) for pool, pick in zip(pools, choice.picks, strict=True)
        ],
        search=[search_view(pool) for pool in pools],
        defaults=[DefaultValue(path=item.path, value=item.value, why=item.why) for item in case.defaults],
        facts=fact_values(facts.values()),
        warnings=warnings_of(case, answers, world),
    )


def pinned(choice: MappingChoice) -> Mapping[str, tuple[float, ...]]:
    """Return the mapping fields that a case fixes or lists."""
    return {
        name: tuple(float(value) for value in getattr(choice, name))
        for name in MappingChoice.__dataclass_fields__
        if getattr(choice, name)
    }


def spaces_of(workload: Workload, world: World) -> list[tuple[Problem, Space]]:
    """Return one space of systems and mappings per precision and mode of a workload."""
    found = []
    systems = [world.systems.code(name) for name in workload.candidates.systems]
    for problem in problems_of(workload):
        space = mapping_space(
            problem, systems, pinned(workload.candidates.mapping), pinned(workload.candidates.prefill)
        )
        found.append((problem, space))
    return found


def _search_all(case: Case, world: World, bounds: tuple[Bound, ...], progress: Progress) -> list[Pool]:
    confidence = case.limits.confidence
    sampled = world.with_catalogue(world.catalogue.sampled(DRAWS, case.seed))
    planned = [(workload, spaces_of(workload, world)) for workload in case.workloads]
    whole = sum(space.size for _, spaces in planned for _, space in spaces)
    done = 0
    pools = []
    for workload, spaces in planned:
        places = [
            (site, world.coolings.index(cooling))
            for site in world.site_codes(workload.candidates.sites)
            for cooling in workload.candidates.coolings
        ]

        def report(count: int, name: str = workload.name) -> None:
            nonlocal done
            done += count
            progress(_SEARCH_SHARE * done / whole, f"searching {name}")

        found = [search_problem(problem, space, places, bounds, world, report) for problem, space in spaces]
        if confidence:
            progress(_SEARCH_SHARE * done / whole, f"drawing facts for {workload.name}")
            for findings in found:
                require_confidence(findings, confidence, bounds, sampled)
        pools.append(pool_of(found))
    return pools


def _case_view(case: Case) -> CaseView:
    return CaseView(
        name=case.name,
        description=case.description,
        file=PurePath(case.file).name,
        digest=hashlib.sha256(case.text.encode()).hexdigest(),
        text=case.text,
    )


def _totals(choice: Choice) -> dict[str, MetricValue]:
    return {key: metric_value(METRICS[key], choice.totals[key]) for key in _TOTALS}


def _total_limits(choice: Choice, bounds: tuple[Bound, ...]) -> list[LimitValue]:
    shown = []
    for name, key, bound in bounds:
        unit, value, margin = METRICS[key].unit, choice.totals[key], choice.margins[name]
        text = f"{format_value(value, unit)}, at most {format_value(bound, unit)}"
        shown.append(
            LimitValue(
                name=name,
                unit=unit,
                value=value,
                bound=bound,
                margin=margin,
                text=text,
                binding=is_binding(margin),
            )
        )
    return shown


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
