"""Read a fact table from YAML and check every record of it.

table: accelerators
as_of: 2026-11-22
sources: {AIC: "who, what, where"}
records:
  - id: h100-sxm
    name: H100 80GB SXM5
    text: {vendor: NVIDIA}
    vectors: {}
    facts:
      memory_bandwidth: {value: 3350, unit: GB/s, low: 3300, high: 3350, source: AIC, grade: datasheet, note: ""}
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, TypeVar

import numpy as np

from rackwright.base import units
from rackwright.base.errors import CatalogueError, DimensionError
from rackwright.base.facts import GRADES, Fact
from rackwright.base.record import fields_of
from rackwright.catalogue.table import Table, spread

T = TypeVar("T")
UNDISCLOSED = "undisclosed"
"""Text `status` of a record that is listed although its numbers are not public; it may leave out every fact."""

_FACT_KEYS = {"value", "unit", "low", "high", "source", "grade", "as_of", "note", "default"}


@cache
def read_data(name: str) -> dict[str, Any]:
    """Return the parsed content of `data/<name>.yaml`."""
    import yaml

    text = resources.files("rackwright.data").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load(text, Loader=loader)
    if not isinstance(content, dict):
        raise CatalogueError(f"data/{name}.yaml is not a mapping")
    return content


@cache
def load_table(name: str, kind: type[T]) -> Table[T]:
    """Load `data/<name>.yaml` as a table of `kind`.

    Raises
    ------
    CatalogueError
        Listing every malformed record: a field missing, unknown or of the wrong dimension, a source or grade not
        declared, a range that does not hold the value.
    """
    return build_table(name, kind, read_data(name))


def build_table(name: str, kind: type[T], content: Mapping[str, Any]) -> Table[T]:
    """Build a table of `kind` from parsed YAML; see `load_table`."""
    faults: list[str] = []
    facts: dict[tuple[str, str], Fact] = {}
    texts: dict[str, dict[str, str]] = {}
    vectors: dict[str, dict[str, Any]] = {}
    numeric = {f.name: f for f in fields_of(kind) if f.metadata.get("unit")}
    for record in content.get("records", ()):
        record_id = str(record.get("id", ""))
        if not record_id or record_id in texts:
            faults.append(f"{name}: record id {record_id!r} is missing or repeated")
            continue
        texts[record_id] = {"name": str(record.get("name", record_id)), **_words(record.get("text", {}))}
        vectors[record_id] = {key: np.asarray(v, dtype=float) for key, v in record.get("vectors", {}).items()}
        given = record.get("facts", {})
        undisclosed = texts[record_id].get("status") == UNDISCLOSED
        for field_name in given.keys() - numeric.keys():
            faults.append(f"{name}.{record_id}.{field_name}: no such field")
        for field_name, declared in numeric.items():
            if field_name in given:
                key = f"{name}.{record_id}.{field_name}"
                fact = read_fact(key, given[field_name], declared.metadata["unit"], content, faults)
                if fact is not None:
                    facts[record_id, field_name] = fact
            elif not declared.metadata["optional"] and not undisclosed:
                faults.append(f"{name}.{record_id}.{field_name}: missing")
    if faults:
        raise CatalogueError("\n".join(faults))
    ids = tuple(texts)
    columns = {n: np.array([facts[i, n].value if (i, n) in facts else math.nan for i in ids]) for n in numeric}
    return Table(name, kind, ids, texts, vectors, facts, columns)


def _words(raw: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in raw.items()}


def read_fact(key: str, raw: Any, unit: str, content: Mapping[str, Any], faults: list[str]) -> Fact | None:
    """Return the fact written as `raw`, or None after adding what is wrong with it to `faults`."""
    before = len(faults)
    if not isinstance(raw, Mapping):
        faults.append(f"{key}: a mapping with value, unit, source and grade is needed")
        return None
    for unknown in raw.keys() - _FACT_KEYS:
        faults.append(f"{key}: unknown key {unknown!r}")
    source, grade = str(raw.get("source", "")), str(raw.get("grade", ""))
    if source not in content.get("sources", {}):
        faults.append(f"{key}: source {source!r} is not declared")
    if grade not in GRADES:
        faults.append(f"{key}: grade {grade!r} is none of {', '.join(GRADES)}")
    written = str(raw.get("unit", "1"))
    try:
        if units.dimension(written) != units.dimension(unit):
            faults.append(f"{key}: {written} is not a unit of {units.describe(units.dimension(unit))}")
            return None
        value = units.to_si(float(raw["value"]), written)
        low = units.to_si(float(raw["low"]), written) if "low" in raw else None
        high = units.to_si(float(raw["high"]), written) if "high" in raw else None
    except (DimensionError, KeyError, TypeError, ValueError) as error:
        faults.append(f"{key}: {error}")
        return None
    if len(faults) > before:
        return None
    wide_low, wide_high = spread(value, grade)
    ranged = low is not None or high is not None
    low = low if low is not None else (value if ranged else wide_low)
    high = high if high is not None else (value if ranged else wide_high)
    if not (math.isfinite(value) and low <= value <= high):
        faults.append(f"{key}: range {low:g}..{high:g} does not hold the value {value:g}")
        return None
    return Fact(
        key=key,
        value=value,
        low=low,
        high=high,
        unit=unit,
        written_unit=written,
        source=f"{source}: {content['sources'][source]}",
        as_of=str(raw.get("as_of", content.get("as_of", ""))),
        grade=grade,
        note=str(raw.get("note", "")),
        ranged=ranged,
        default=bool(raw.get("default", False)),
    )
