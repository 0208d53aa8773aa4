"""From a case to the plan document: search every workload, choose, evaluate the choice in depth, and write it up."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import PurePath

from rackwright.base.facts import Fact
from rackwright.base.format import format_share, format_value
from rackwright.plan.answer import Depth, answer_workload
from rackwright.plan.case_catalogue import catalogue_of
from rackwright.plan.case_records import Case, MappingChoice, Workload
from rackwright.plan.document import (
    SCHEMA,
    CaseView,
    DefaultValue,
    LimitValue,
    MetricValue,
    PlanDocument,
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
from rackwright.plan.wording import headline, summary, warnings_of
from rackwright.plan.world import World

Progress = Callable[[float, str], None]
_TOTALS = ("total_cost", "annual_cost", "capex", "usd_per_mtoken", "accelerators", "racks", "it_power", "feeder_power",
           "facility_power", "energy", "carbon", "water", "first_tokens", "ready_date")  # fmt: skip
_SEARCH_SHARE = 0.7


def make_plan(case: Case, version: str, samples: int, seed: int, progress: Progress) -> PlanDocument:
    """Answer a case; see the module text. The same case, catalogue, samples and seed give the same document.

    The draws behind the case's confidence follow the case's own seed: another `seed` changes the bands, not the choice.
    """
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
        models={path: dict(config) for path, config in case.models.items()},
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
