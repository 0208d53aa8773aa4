"""The library in a handful of names.

`load` a case, `search` for the best plan, `evaluate` one design, `explain` a number, `compare` two plans.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rackwright.base.errors import Fault, InputError, UnknownNameError
from rackwright.base.format import format_change
from rackwright.plan.case import load_case, parse_case
from rackwright.plan.case_catalogue import catalogue_of
from rackwright.plan.case_records import Case
from rackwright.plan.document import SCHEMA, DesignView, Explanation, FactValue, PlanDocument, WorkloadAnswer
from rackwright.plan.evaluate import evaluate as evaluate_block
from rackwright.plan.explain import explain_metric, explain_number, fact_values, traced_world
from rackwright.plan.files import json_text
from rackwright.plan.metrics import metric, metrics_of
from rackwright.plan.outcome import Design, Outcome
from rackwright.plan.planner import make_plan
from rackwright.plan.problem import Problem, problems_of
from rackwright.plan.redesign import design_from
from rackwright.plan.stated import traced_problem
from rackwright.plan.trail import MOST_STEPS
from rackwright.plan.view import number
from rackwright.plan.world import World

if TYPE_CHECKING:
    import pandas as pd

_LARGEST_PLAN = 64 * 2**20


@dataclass(frozen=True)
class Plan:
    """The answer to a case: a document that shows itself in notebooks and converts to data frames."""

    document: PlanDocument

    @property
    def feasible(self) -> bool:
        """Whether the recommended plan keeps every limit."""
        return self.document["feasible"]

    def to_json(self) -> str:
        """Return `plan.json`: the same case, catalogue, samples and seed give the same text."""
        return json_text(self.document)

    def to_frame(self) -> pd.DataFrame:
        """Return the metrics of the chosen designs, one row per workload and metric; needs pandas."""
        import pandas as pd

        rows = [
            {"workload": part["design"]["workload"], "metric": key, **value}
            for part in self.document["workloads"]
            for key, value in part["metrics"].items()
        ]
        return pd.DataFrame(rows)

    def front(self) -> pd.DataFrame:
        """Return the Pareto front, one row per design and one column per objective; needs pandas."""
        import pandas as pd

        rows = [
            {"workload": front["workload"], "label": point["label"], "front": point["front"],
             "recommended": point["recommended"], **dict(zip(front["objectives"], point["values"], strict=True))}
            for front in self.document["pareto"]
            for point in front["points"]
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        return f"Plan({self.document['headline']})"

    def _repr_html_(self) -> str:
        from html import escape

        rows = "".join(
            f"<tr><td>{escape(part['design']['workload'])}</td><td>{escape(value['label'])}</td>"
            f"<td style='text-align:right'>{escape(value['text'])}</td></tr>"
            for part in self.document["workloads"]
            for value in list(part["metrics"].values())[:12]
        )
        return f"<p><b>{escape(self.document['headline'])}</b></p><table>{rows}</table>"


@dataclass(frozen=True)
class Evaluation:
    """One design of one workload with every number of every room."""

    outcome: Outcome
    problem: Problem

    @property
    def feasible(self) -> bool:
        """Whether the design keeps every limit of every room."""
        return all(number(limit.margin) >= 0 for limit in self.outcome.limits)

    @property
    def metrics(self) -> dict[str, float]:
        """Every metric in SI units."""
        return {item.key: number(item.read(self.outcome)) for item in metrics_of(self.problem.kind)}

    @property
    def broken(self) -> dict[str, float]:
        """Limits that are broken, with their (negative) margins."""
        return {limit.name: number(limit.margin) for limit in self.outcome.limits if not number(limit.margin) >= 0}


def load(source: str | Path) -> Case:
    """Read a case from a file, or from text that holds more than one line.

    Raises
    ------
    InputError
        Listing every fault with file, line and column.
    """
    if isinstance(source, str) and "\n" in source:
        return parse_case(source)
    return load_case(Path(source))


def search(
    case: Case,
    samples: int | None = None,
    seed: int | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Plan:
    """Evaluate every sensible combination of a case and recommend.

    samples, seed : draws of the facts' ranges and their seed; the case's own when not given
    progress : called with a share 0..1 and a text
    """
    from rackwright import __version__

    return Plan(
        make_plan(
            case,
            __version__,
            case.samples if samples is None else samples,
            case.seed if seed is None else seed,
            progress or (lambda _share, _text: None),
        )
    )


def evaluate(case: Case, workload: str | None = None, **choices: Any) -> Evaluation:
    """Evaluate one design of a case.

    Parameters
    ----------
    case : the case
    workload : which of its workloads; the first when not given
    choices : `system`, `site`, `cooling`, `precision` by name (the case's first allowed when not given), and mapping
        fields such as `tp=8, batch=64`

    Raises
    ------
    UnknownNameError
        If a name is in no catalogue table, or a choice has no such field.
    """
    world = World(catalogue_of(case), case)
    design, problem = design_from(case, world, workload, choices)
    return Evaluation(evaluate_block(design, problem, world), problem)


def explain(
    plan: Plan | PlanDocument, key: str, workload: str | None = None, steps: int | None = None
) -> tuple[Explanation, list[FactValue]]:
    """Take a number of a plan apart: formula steps, facts with sources and grades, and elasticities.

    The plan's case is evaluated again with traced facts, so any metric can be explained; `key` may also name a part of
    a sum, such as `annual_cost/energy`. `steps` walks further than the plan itself stores.

    Raises
    ------
    UnknownNameError
        If there is no such workload or metric.
    """
    document = plan.document if isinstance(plan, Plan) else plan
    answer = _answer(document, workload)
    kind = answer["design"]["kind"]
    name, _, part = key.partition("/")
    item = None if part else metric(name, kind)
    for stored in answer["explanations"]:
        if stored["metric"] == key and steps is None:
            by_key = {fact["key"]: fact for fact in document["facts"]}
            return stored, [by_key[fact] for fact in stored["facts"] if fact in by_key]
    stated = document["case"]
    case = parse_case(stated["text"], file=stated["file"], models=stated["models"])
    world = traced_world(World(catalogue_of(case), case))
    design, problem = design_from(case, world, answer["design"]["workload"], _choices(answer["design"]))
    outcome = evaluate_block(design, traced_problem(problem), world)
    if item is not None:
        explanation, facts = explain_metric(item, outcome, most_steps=steps or MOST_STEPS)
    else:
        explanation, facts = _explain_part(outcome, name, part, steps or MOST_STEPS)
    return explanation, fact_values(facts.values())


def _explain_part(outcome: Outcome, name: str, part: str, steps: int) -> tuple[Explanation, dict[str, Any]]:
    sums = {
        "capex": outcome.cost.capex,
        "annual_cost": outcome.cost.annual,
        "memory": outcome.performance.memory,
        "it_power": outcome.cluster.power,
        "facility_power": outcome.site.power,
        "embodied_carbon": outcome.carbon.embodied,
        "annual_carbon": outcome.carbon.annual,
        "critical_path": outcome.supply.steps,
        "lead_times": outcome.supply.lead_times,
    }
    if name not in sums:
        raise UnknownNameError("sum", name, sums)
    if part not in sums[name]:
        raise UnknownNameError(f"part of {name}", part, list(sums[name]))
    label = f"{name.replace('_', ' ')}: {part}"
    return explain_number(f"{name}/{part}", label, sums[name].unit, sums[name][part], most_steps=steps)


def compare(left: Plan | PlanDocument, right: Plan | PlanDocument) -> list[dict[str, Any]]:
    """Set two plans side by side: one row per workload and metric both have, with the relative change."""
    first, second = (plan.document if isinstance(plan, Plan) else plan for plan in (left, right))
    others = {part["design"]["workload"]: part for part in second["workloads"]}
    rows: list[dict[str, Any]] = []
    for part in first["workloads"]:
        other = others.get(part["design"]["workload"])
        if other is None:
            continue
        for key, value in part["metrics"].items():
            if key in other["metrics"]:
                rows.append(_compared(part["design"]["workload"], key, value, other["metrics"][key]))
    return rows


def _compared(workload: str, key: str, value: Any, other: Any) -> dict[str, Any]:
    before, after = value["value"], other["value"]
    ratio = after / before if before and after is not None else math.nan
    change = format_change(ratio) if before else ""
    return {
        "workload": workload, "metric": key, "label": value["label"], "unit": value["unit"],
        "left": before, "right": after, "left_text": value["text"], "right_text": other["text"], "change": change,
    }  # fmt: skip


def read_plan(path: str | Path) -> PlanDocument:
    """Read a plan.json, or the one in a folder.

    Raises
    ------
    InputError
        If the file is missing, is no JSON, or is not a plan of this version.
    """
    place = Path(path)
    place = place / "plan.json" if place.is_dir() else place

    def fail(message: str, hint: str = "", line: int = 0, column: int = 0) -> InputError:
        return InputError([Fault(str(path), line, column, message, hint)])

    if not place.is_file():
        raise fail("there is no such plan", "give a plan.json or the folder that holds it")
    if place.stat().st_size > _LARGEST_PLAN:
        raise fail("the file is too large to be a plan")
    try:
        document = json.loads(place.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise fail(f"not JSON: {error.msg}", "", error.lineno, error.colno) from None
    except (UnicodeDecodeError, RecursionError, OSError) as error:
        raise fail(f"not readable: {type(error).__name__}") from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise fail(f"not a plan of version {SCHEMA}", "make it anew with `rackwright plan`")
    if missing := PlanDocument.__required_keys__ - document.keys():
        raise fail(
            f"the plan is not complete: {', '.join(sorted(missing))} missing", "make it anew with `rackwright plan`"
        )
    return cast(PlanDocument, document)


def metric_rows(plan: PlanDocument, workload: str | None = None) -> list[dict[str, Any]]:
    """Return the metrics of one workload of a plan."""
    return [{"metric": key, **value} for key, value in _answer(plan, workload)["metrics"].items()]


def defaults_of(case: Case) -> list[dict[str, str]]:
    """Return what the case left open and what was taken."""
    return [{"path": item.path, "value": item.value, "why": item.why} for item in case.defaults]


def _answer(document: PlanDocument, workload: str | None) -> WorkloadAnswer:
    by_name = {part["design"]["workload"]: part for part in document["workloads"]}
    if workload is None:
        return document["workloads"][0]
    if workload not in by_name:
        raise UnknownNameError("workload", workload, by_name)
    return by_name[workload]


def _choices(design: DesignView) -> Mapping[str, Any]:
    names = ("system", "site", "cooling", "precision", "mode")
    chosen: dict[str, Any] = {name: design[name] for name in names}  # type: ignore[literal-required]
    prefill = {f"prefill_{name}": value for name, value in design["prefill"].items()}
    return {**chosen, **design["mapping"], **prefill}


__all__ = [
    "Case", "Design", "Evaluation", "Plan", "compare", "defaults_of", "evaluate", "explain", "load", "metric_rows",
    "problems_of", "read_plan", "search",
]  # fmt: skip
