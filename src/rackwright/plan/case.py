"""Read a case: YAML as people write it becomes a `Case`, or one error that lists every fault with its place.

text -> case_yaml (safe tree with places) -> case_models (structure, units, names) -> case_build (SI records)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from rackwright.base.errors import InputError
from rackwright.catalogue.catalogue import Catalogue
from rackwright.plan.case_build import (
    Around,
    Configs,
    build_economics,
    build_limits,
    build_objective,
    build_workload,
    configs_of,
    read_dates,
    read_models,
    weather_files,
)
from rackwright.plan.case_collect import Faults
from rackwright.plan.case_defaults import defaults_of
from rackwright.plan.case_file import read_text
from rackwright.plan.case_models import CaseIn
from rackwright.plan.case_own import fact_overrides, own_entries, own_names, own_records
from rackwright.plan.case_records import Case
from rackwright.plan.case_yaml import read_tree


def load_case(path: str | Path) -> Case:
    """Return the case in a file.

    Raises
    ------
    InputError
        Listing every fault of the file, each with line and column.
    """
    where = Path(path)
    return parse_case(read_text(where), str(where), where.parent)


def parse_case(text: str, file: str = "<text>", folder: str | Path = ".", models: Configs | None = None) -> Case:
    """Return the case in a text; paths in it are relative to `folder`.

    models : contents of model configs by the path the case gives, used instead of reading those files

    Raises
    ------
    InputError
        Listing every fault of the text, each with line and column.
    """
    root, found = read_tree(text, file)
    plain: Any = root.plain()
    faults = Faults(file, root, found)
    records = own_records(plain, faults)
    facts = fact_overrides(plain, faults)
    carried = models or {}
    architectures = read_models(plain, faults, Path(folder), carried)
    start = read_dates(plain, faults)
    checked = _checked(plain, faults)
    if checked is None or faults.found:
        raise InputError(faults.found)
    catalogue = Catalogue()
    for table, added in records.items():
        catalogue = catalogue.with_records(table, added)
    around = Around(faults, Path(folder), catalogue)
    workloads = tuple(
        build_workload(workload, position, checked, architectures[position], around)
        for position, workload in enumerate(checked.workloads)
    )
    sites = tuple(dict.fromkeys(site for workload in workloads for site in workload.candidates.sites))
    limits = build_limits(checked, start, faults)
    economics = build_economics(checked, sites, facts)
    weather = weather_files(plain, own_entries(plain), around)
    if faults.found:
        raise InputError(faults.found)
    return Case(
        name=checked.name,
        description=checked.description,
        workloads=workloads,
        limits=limits,
        objective=build_objective(checked),
        economics=economics,
        start=start.isoformat(),
        seed=checked.seed,
        samples=checked.samples,
        facts=facts,
        records=records,
        weather=weather,
        models=configs_of((workload.model for workload in workloads), Path(folder), carried),
        defaults=defaults_of(checked),
        file=file,
        text=text,
    )


def _checked(plain: Any, faults: Faults) -> CaseIn | None:
    model: type[BaseModel] = CaseIn
    try:
        return CaseIn.model_validate(plain, context=own_names(plain))
    except ValidationError as error:
        faults.add_error(error, model)
        return None
