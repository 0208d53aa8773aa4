"""A checked case file becomes the records the planner consumes: names resolved, units SI, defaults listed."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from rackwright.base.errors import UnknownNameError, UnsupportedModelError
from rackwright.base.facts import Fact
from rackwright.catalogue.catalogue import Catalogue
from rackwright.plan import case_names as names
from rackwright.plan.case_collect import Faults
from rackwright.plan.case_faults import suggestion
from rackwright.plan.case_models import CandidatesIn, CaseIn, MappingIn, ServeIn, TrainIn, WorkloadIn
from rackwright.plan.case_records import (
    MODES,
    RECOMPUTE,
    Candidates,
    CaseLimits,
    Economics,
    MappingChoice,
    Objective,
    Workload,
)
from rackwright.plan.case_units import read_quantity
from rackwright.workload.architecture import architecture_of, name_of
from rackwright.workload.config import read_file
from rackwright.workload.precision import precision_of, training_precision
from rackwright.workload.records import Architecture, Precision, ServingDemand, TrainingJob
from rackwright.workload.traffic import Service, rate_from_tokens, serving_demand
from rackwright.workload.training import training_job

FREE_FORMATS = ("bf16", "fp8", "fp4")
FREE_TRAINING = ("bf16", "fp8")
EARLIEST, LATEST = datetime.date(2020, 1, 1), datetime.date(2060, 1, 1)


Configs = Mapping[str, Mapping[str, Any]]
"""Model configs by the path that a case gives."""


@dataclass(frozen=True)
class Around:
    """What the parts of a case are read against."""

    faults: Faults
    folder: Path
    catalogue: Catalogue


def read_models(plain: Any, faults: Faults, folder: Path, carried: Configs) -> dict[int, Architecture]:
    """Return the architecture of every workload that names a readable model; the rest are faults.

    carried : configs by the path the case gives, taken instead of reading the files
    """
    found = {}
    workloads = plain.get("workloads") if isinstance(plain, dict) else None
    for position, workload in enumerate(workloads if isinstance(workloads, list) else ()):
        for kind in ("serve", "train"):
            stated = workload.get(kind) if isinstance(workload, dict) else None
            if isinstance(stated, dict) and "model" in stated:
                path = ("workloads", position, kind, "model")
                architecture = _read_model(stated["model"], path, faults, (folder, carried))
                if architecture is not None:
                    found[position] = architecture
    return found


def configs_of(workloads: Iterable[str], folder: Path, carried: Configs) -> Configs:
    """Return the content of every config file that the workloads' models name, by the path as the case gives it."""
    paths = [model for model in workloads if _is_path(model)]
    return {model: carried[model] if model in carried else read_file(folder / model) for model in paths}


def _is_path(model: str) -> bool:
    return "/" in model or model.endswith(".json")


def _read_model(
    model: Any, path: tuple[str | int, ...], faults: Faults, places: tuple[Path, Configs]
) -> Architecture | None:
    folder, carried = places
    try:
        if isinstance(model, dict):
            return architecture_of(model)
        if not isinstance(model, str):
            faults.add(path, "a model is a name, a path or a config", "such as `llama-3.1-70b` or `models/config.json`")
            return None
        if model in carried:
            return architecture_of(carried[model], name_of(Path(model)))
        if _is_path(model):
            return architecture_of(folder / model)
        return architecture_of(model)
    except UnknownNameError:
        hint = suggestion(model, names.models()) or "`rackwright catalog list models` shows them"
        faults.add(path, f"`{model:.60}` is not a model of the catalogue", hint)
    except UnsupportedModelError as error:
        faults.add(path, str(error), "see docs on models that can be read")
    return None


def read_start(text: str, faults: Faults) -> datetime.date:
    """Return the order date."""
    date = _date(text)
    if date is None or not EARLIEST <= date <= LATEST:
        faults.add(("start",), f"`{text:.40}` is no date between {EARLIEST} and {LATEST}", "write it like `2027-01-04`")
        return EARLIEST
    return date


def _date(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def build_limits(case: CaseIn, start: datetime.date, faults: Faults) -> CaseLimits:
    """Return the limits; a date to be ready by becomes a time from the order date."""
    limits = case.limits
    return CaseLimits(
        site_power=limits.site_power,
        racks=limits.racks,
        budget=limits.budget,
        ready_by=ready_by(limits.ready_by, start, faults) if limits.ready_by is not None else None,
        carbon=limits.carbon,
        water=limits.water,
        countries_not_allowed=tuple(country.upper() for country in limits.countries_not_allowed),
        confidence=limits.confidence,
    )


def read_dates(plain: Any, faults: Faults) -> datetime.date:
    """Return the order date, after checking every date of a case that can be read yet."""
    stated = plain.get("start") if isinstance(plain, dict) else None
    start = read_start(stated, faults) if isinstance(stated, str) else _default_start()
    limits = plain.get("limits") if isinstance(plain, dict) else None
    if isinstance(limits, dict) and isinstance(limits.get("ready_by"), str):
        ready_by(limits["ready_by"], start, faults)
    return start


def _default_start() -> datetime.date:
    return datetime.date.fromisoformat(str(CaseIn.model_fields["start"].default))


def ready_by(text: str, start: datetime.date, faults: Faults) -> float | None:
    """Return the time from the order date to a date, or a duration as it stands."""
    path = ("limits", "ready_by")
    date = _date(text)
    if date is not None:
        if date <= start:
            faults.add(path, f"{date} is not after the order date {start}", "it is counted from `start`")
        return (date - start).total_seconds()
    try:
        duration = read_quantity(text, "s", "18 months")
    except PydanticCustomError:
        faults.add(path, f"`{text:.40}` is neither a date nor a duration", "write it like `2028-06-30` or `18 months`")
        return None
    if not 0 < duration < math.inf:
        faults.add(path, f"`{text:.40}` is out of range", "write it like `2028-06-30` or `18 months`")
    return duration


def build_objective(case: CaseIn) -> Objective:
    """Return the objective with weights that sum to 1."""
    stated = case.objective
    weights = dict(stated.weights) if stated.weights else {stated.minimise or "usd_per_mtoken": 1.0}
    total = sum(weights.values())
    wanted = {name: weight / total for name, weight in weights.items() if weight > 0}
    return Objective(wanted, tuple(dict.fromkeys([*stated.pareto, *wanted])))


def build_economics(case: CaseIn, sites: tuple[str, ...], facts: dict[str, Fact]) -> Economics:
    """Return the terms; numbers stated here become facts of the owner and of every site, unless stated there."""
    stated = case.economics
    said: list[tuple[str, float | None, str]] = [
        (f"economics.{stated.owner}.cost_of_capital", stated.cost_of_capital, "1"),
        *((f"locations.{site}.electricity_price", stated.electricity_price, "USD/J") for site in sites),
    ]
    for key, value, unit in said:
        if value is not None and key not in facts:
            facts[key] = Fact(
                key, value, value, value, unit, unit, "USER: stated by the user", "", "user", "`economics`"
            )
    return Economics(stated.owner, stated.horizon)


def build_workload(
    workload: WorkloadIn, position: int, case: CaseIn, architecture: Architecture, around: Around
) -> Workload:
    """Return one workload with its candidates resolved."""
    from rackwright.plan.case_reference import build_reference

    path = ("workloads", position)
    stated = workload.serve or workload.train
    model = stated.model if stated and isinstance(stated.model, str) else architecture.name
    candidates = laid_over(case.candidates, workload.candidates)
    return Workload(
        name=workload.name,
        kind="serve" if workload.serve else "train",
        model=model,
        architecture=architecture,
        demand=_demand(workload.serve) if workload.serve else _job(workload.train),
        candidates=build_candidates(candidates, workload, path, around),
        accelerators=(workload.train.accelerators or 0) if workload.train else 0,
        reference=build_reference(
            workload.reference, "serve" if workload.serve else "train", (*path, "reference"), around.faults
        ),
    )


def laid_over(general: CandidatesIn, own: CandidatesIn | None) -> CandidatesIn:
    """Return the case's candidates with what a workload states of its own in their place."""
    if own is None:
        return general
    stated = {name: getattr(own, name) for name in own.model_fields_set}
    for name in ("mapping", "prefill"):
        if name in stated:
            parts = {part: getattr(stated[name], part) for part in stated[name].model_fields_set}
            stated[name] = getattr(general, name).model_copy(update=parts)
    return general.model_copy(update=stated)


def _demand(serve: ServeIn | None) -> ServingDemand:
    if serve is None:
        raise TypeError("no service")
    asked, answered = serve.input.distribution(), serve.output.distribution()
    traffic = serve.traffic
    rate = traffic.requests or rate_from_tokens(traffic.tokens or 0.0, asked.mean, answered.mean, traffic.counted)
    service = Service(serve.latency.ttft, serve.latency.tpot, serve.latency.percentile, serve.prefix_hits)
    return serving_demand(rate, asked, answered, traffic.hours(), service)


def _job(train: TrainIn | None) -> TrainingJob:
    if train is None:
        raise TypeError("no training run")
    batch = read_quantity(train.global_batch, "1", "16M tokens")
    sequences = batch / train.sequence_length if "tok" in str(train.global_batch) else batch
    whole = max(1.0, round(sequences))
    return training_job(train.tokens, train.sequence_length, whole * train.sequence_length, train.deadline or math.inf)


def build_candidates(
    candidates: CandidatesIn, workload: WorkloadIn, path: tuple[str | int, ...], around: Around
) -> Candidates:
    """Return what may be built, every name resolved."""
    modes = tuple(candidates.mode) or MODES
    return Candidates(
        systems=_systems(candidates, path, workload.candidates is not None, around),
        sites=tuple(site if isinstance(site, str) else site.name for site in candidates.sites) or names.sites(),
        coolings=tuple(candidates.cooling) or names.coolings(),
        precisions=_precisions(workload),
        modes=("aggregated",) if workload.train else modes,
        mapping=_mapping(candidates.mapping),
        prefill=_mapping(candidates.prefill),
    )


def _systems(
    candidates: CandidatesIn, path: tuple[str | int, ...], stated_here: bool, around: Around
) -> tuple[str, ...]:
    table = around.catalogue.systems
    allowed = {chip if isinstance(chip, str) else chip.name for chip in candidates.accelerators}
    named = [name for name in candidates.systems if name not in ("all", "free", names.SHIPPING)]
    everything = "all" in candidates.systems or "free" in candidates.systems
    shipping = names.SHIPPING in candidates.systems
    chosen = []
    for system in table.ids:
        status, chip = table.text(system, "status"), table.text(system, "accelerator")
        listed = everything or system in named or (shipping and (status == names.SHIPPING or chip in allowed))
        if listed and (not allowed or chip in allowed):
            chosen.append(system)
    if not chosen:
        own = (*path, "candidates") if stated_here else ("candidates",)
        hint = f"systems carry {', '.join(sorted(allowed)) or 'accelerators'}: state one, or leave `systems` out"
        around.faults.add((*own, "systems"), "no system is left: none of these carries an allowed accelerator", hint)
    return tuple(chosen)


def _precisions(workload: WorkloadIn) -> tuple[Precision, ...]:
    if workload.serve is None:
        stated = workload.train.precision if workload.train else []
        return tuple(training_precision(name) for name in stated or FREE_TRAINING)
    formats = workload.serve.precision
    if not formats:
        return tuple(precision_of(name) for name in FREE_FORMATS)
    return tuple(precision_of(p.weights, p.compute or "", p.kv_cache or "") for p in formats)


def _mapping(mapping: MappingIn) -> MappingChoice:
    return MappingChoice(
        tp=tuple(mapping.tp),
        pp=tuple(mapping.pp),
        ep=tuple(mapping.ep),
        cp=tuple(mapping.cp),
        dp=tuple(mapping.dp),
        batch=tuple(mapping.batch),
        micro_batch=tuple(mapping.micro_batch),
        interleave=tuple(mapping.interleave),
        zero_stage=tuple(mapping.zero),
        recompute=tuple(RECOMPUTE[name] for name in mapping.recompute),
    )


def weather_files(plain: Any, own: Sequence[tuple[str, Any, Mapping[str, Any]]], around: Around) -> dict[str, str]:
    """Return the weather file of every site of the user's own that states one."""
    found = {}
    for listed, path, entry in own:
        weather = entry.get("weather")
        if listed == "sites" and isinstance(weather, str):
            file = around.folder / weather
            if file.is_file():
                found[str(entry.get("name"))] = str(file.resolve())
            else:
                hint = "the path is relative to the case file"
                around.faults.add((*path, "weather"), f"there is no file `{weather:.80}`", hint)
    return found
