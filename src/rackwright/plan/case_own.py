"""What a case states instead of the catalogue: facts by key, and accelerators and sites of the user's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from rackwright.base import units
from rackwright.base.errors import CatalogueError
from rackwright.base.facts import Fact
from rackwright.base.record import fields_of, unit_of
from rackwright.catalogue.catalogue import KINDS, USER_SOURCE, split_key, table_names
from rackwright.catalogue.loader import read_data
from rackwright.plan import case_names as names
from rackwright.plan.case_collect import Faults
from rackwright.plan.case_faults import suggestion
from rackwright.plan.case_units import read_quantity, shown
from rackwright.site.records import Location

OWN: dict[str, tuple[str, type[Any]]] = {
    "accelerators": ("accelerators", KINDS["accelerators"]),
    "sites": ("locations", Location),
}
"""Lists of candidates that may hold mappings, the table each belongs to, and its record."""

_HEAD = ("name", "like", "weather", "country")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}")
_MONEY = ("USD", "USD/J", "USD/s", "USD/W", "USD/B", "USD/m^3")
_WORK = ("B", "B/s", "FLOP", "FLOP/s", "W", "J", "J/B", "J/FLOP", "1/W", "W/K")
_STUFF = ("kg", "kgCO2e", "kgCO2e/J", "kgCO2e/kg", "m", "m^2", "m^3", "m^3/J", "m^3/s", "K")
_SI = ("1", "s", "1/s", *_MONEY, *_WORK, *_STUFF)
_EXAMPLES = {
    "USD/J": "0.06 USD/kWh",
    "kgCO2e/J": "300 gCO2e/kWh",
    "B/s": "3.35 TB/s",
    "B": "80 GB",
    "FLOP/s": "989 TFLOP/s",
    "USD": "25 kUSD",
    "W": "700 W",
    "s": "30 days",
    "USD/s": "2 USD/h",
    "USD/W": "11 USD/W",
    "1": "0.9",
}
_FACT_KEYS = ("value", "low", "high", "source", "note")


def written_lists(plain: Any) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
    """Return every `candidates` mapping of a case with its path, that of the case first."""
    if not isinstance(plain, dict):
        return []
    found: list[tuple[tuple[str | int, ...], Any]] = [(("candidates",), plain.get("candidates"))]
    workloads = plain.get("workloads")
    for position, workload in enumerate(workloads if isinstance(workloads, list) else ()):
        if isinstance(workload, dict):
            found.append((("workloads", position, "candidates"), workload.get("candidates")))
    return [(path, value) for path, value in found if isinstance(value, dict)]


def own_entries(plain: Any) -> list[tuple[str, tuple[str | int, ...], dict[str, Any]]]:
    """Return (list, path, mapping) of every accelerator and site of the user's own."""
    found = []
    for path, candidates in written_lists(plain):
        for listed in OWN:
            entries = candidates.get(listed)
            entries = entries if isinstance(entries, list) else [entries]
            single = not isinstance(candidates.get(listed), list)
            for position, entry in enumerate(entries):
                if isinstance(entry, dict):
                    found.append((listed, (*path, listed) if single else (*path, listed, position), entry))
    return found


def own_names(plain: Any) -> dict[str, list[str]]:
    """Return the names of the user's own things, by what the catalogue calls them."""
    named: dict[str, list[str]] = {"accelerator": [], "location": []}
    for listed, _, entry in own_entries(plain):
        if isinstance(entry.get("name"), str):
            named["accelerator" if listed == "accelerators" else "location"].append(entry["name"])
    return named


def own_records(plain: Any, faults: Faults) -> dict[str, tuple[dict[str, Any], ...]]:
    """Return the records of the user's own, by table, in the form of the data files."""
    made: dict[str, dict[str, dict[str, Any]]] = {}
    for listed, path, entry in own_entries(plain):
        table, kind = OWN[listed]
        name, like = entry.get("name"), entry.get("like")
        if not isinstance(name, str) or not isinstance(like, str):
            continue
        base = next((record for record in read_data(table)["records"] if record["id"] == like), None)
        if base is None:
            continue
        record = _own_record(kind, base, entry, path, faults)
        if not _ID.fullmatch(name):
            hint = "small letters, digits and dashes, such as `our-chip`"
            faults.add((*path, "name"), f"{shown(name)} is no name for it", hint)
        elif name in made.get(table, {}) or any(known["id"] == name for known in read_data(table)["records"]):
            hint = "choose a name that is not in the catalogue or the case yet"
            faults.add((*path, "name"), f"`{name}` is taken", hint)
        else:
            made.setdefault(table, {})[name] = record
    return {table: tuple(records.values()) for table, records in made.items()}


def _own_record(
    kind: type[Any], base: Mapping[str, Any], entry: Mapping[str, Any], path: Any, faults: Faults
) -> dict[str, Any]:
    note = f"as {base['id']}"
    facts: dict[str, Any] = {}
    for field, fact in base.get("facts", {}).items():
        kept = {key: fact[key] for key in ("value", "unit", "low", "high") if key in fact}
        facts[field] = {**kept, "note": note}
    known = [declared.name for declared in fields_of(kind) if declared.metadata.get("unit")]
    for field, value in entry.items():
        if field in _HEAD:
            continue
        if field not in known:
            faults.add((*path, field), f"unknown key `{field:.60}`", suggestion(field, [*_HEAD, *known]), key=True)
            continue
        number = _number(value, unit_of(kind, field), (*path, field), faults)
        if number is not None:
            facts[field] = {"value": number, "unit": unit_of(kind, field), "note": "stated in the case"}
    text = {**base.get("text", {}), "like": str(base["id"])}
    if isinstance(entry.get("country"), str):
        text["country"] = entry["country"].upper()
    return {
        "id": entry["name"],
        "name": entry["name"],
        "text": text,
        "facts": facts,
        "vectors": base.get("vectors", {}),
    }


def _number(value: Any, unit: str, path: tuple[str | int, ...], faults: Faults) -> float | None:
    try:
        number = read_quantity(value, unit, _example(unit))
    except PydanticCustomError as error:
        context = error.context or {}
        faults.add(path, str(context.get("text", error)), str(context.get("hint", "")))
        return None
    if not 0 <= number < float("inf"):
        faults.add(path, f"{shown(value)} is out of range", "a finite number of at least 0 is needed")
        return None
    return number


def _example(unit: str) -> str:
    return _EXAMPLES.get(unit, f"10 {unit}")


def fact_overrides(plain: Any, faults: Faults) -> dict[str, Fact]:
    """Return the facts that a case states instead of the catalogue's, by key."""
    written = plain.get("facts") if isinstance(plain, dict) else None
    found = {}
    for key, value in written.items() if isinstance(written, dict) else ():
        unit = _unit_of(str(key), faults)
        fact = _fact(str(key), value, unit, faults) if unit else None
        if fact is not None:
            found[str(key)] = fact
    return found


def _unit_of(key: str, faults: Faults) -> str:
    """Return the SI unit of the fact that `key` names, or nothing after saying what is wrong with the key."""
    path = ("facts", key)
    try:
        table, record_id, field = split_key(key)
    except CatalogueError:
        hint = "write `table.record.field`, such as `accelerators.h100-sxm.price`"
        faults.add(path, f"`{key:.60}` names no fact", hint, key=True)
        return ""
    tables = [name for name in table_names() if isinstance(read_data(name).get("records"), list)]
    if table not in tables:
        faults.add(path, f"`{table:.60}` is no table of the catalogue", suggestion(table, tables), key=True)
        return ""
    records = {str(record["id"]): record for record in read_data(table)["records"]}
    ids = names.systems() if table == "systems" else tuple(records)
    if record_id not in ids:
        faults.add(path, f"`{record_id:.60}` is not in the table {table}", suggestion(record_id, ids), key=True)
        return ""
    known = _fields(table)
    if field not in known:
        faults.add(path, f"`{field:.60}` is no field of {table}", suggestion(field, known), key=True)
        return ""
    if table in KINDS:
        return unit_of(KINDS[table], field)
    return _si(str(records[record_id].get("facts", {}).get(field, {}).get("unit", "1")))


def _fields(table: str) -> tuple[str, ...]:
    if table in KINDS:
        return tuple(declared.name for declared in fields_of(KINDS[table]) if declared.metadata.get("unit"))
    return names.fields(table)


def _si(written: str) -> str:
    """Return the SI unit of the dimension of a written unit."""
    wanted = units.dimension(written)
    return next((unit for unit in _SI if units.dimension(unit) == wanted), written)


def _fact(key: str, value: Any, unit: str, faults: Faults) -> Fact | None:
    path: tuple[str | int, ...] = ("facts", key)
    parts = value if isinstance(value, dict) else {"value": value}
    for part in parts:
        if part not in _FACT_KEYS:
            faults.add((*path, part), f"unknown key `{str(part):.60}`", suggestion(str(part), _FACT_KEYS), key=True)
    numbers = {}
    for part in ("value", "low", "high"):
        if part in parts:
            at = (*path, part) if isinstance(value, dict) else path
            numbers[part] = _number(parts[part], unit, at, faults)
    if "value" not in parts:
        faults.add(path, "`value` is missing", f"write `{key}: {_example(unit)}`")
    middle = numbers.get("value")
    if middle is None:
        return None
    low, high = numbers.get("low"), numbers.get("high")
    low, high = (middle if low is None else low), (middle if high is None else high)
    if not low <= middle <= high:
        faults.add(path, "the range does not hold the value", "low is at most the value, high at least")
        return None
    source = str(parts.get("source", USER_SOURCE))
    note = str(parts.get("note", "stated in the case"))
    return Fact(key, middle, low, high, unit, unit, source, "", "user", note, ranged=low < high)
