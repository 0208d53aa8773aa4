"""Rows of every shipped fact, for `catalog list`, `catalog show` and `catalog sources`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rackwright.base.errors import UnknownNameError
from rackwright.catalogue.catalogue import table_names
from rackwright.catalogue.loader import read_data


@dataclass(frozen=True)
class FactRow:
    """One fact as written in its data file; `low` and `high` are None where no range is stated."""

    table: str
    record: str
    field: str
    value: float
    unit: str
    low: float | None
    high: float | None
    grade: str
    source: str
    as_of: str
    note: str


@dataclass(frozen=True)
class TableRow:
    """One table: how many records and facts it has."""

    table: str
    records: int
    facts: int
    as_of: str


@dataclass(frozen=True)
class SourceRow:
    """One source of one table: how many facts rest on it."""

    table: str
    key: str
    text: str
    facts: int


def tables() -> list[TableRow]:
    """Return one row per table."""
    return [
        TableRow(name, len(_records(name)), sum(1 for _ in facts_of(name)), str(read_data(name).get("as_of", "")))
        for name in table_names()
    ]


def record_ids(table: str) -> list[tuple[str, str]]:
    """Return (id, name) of every record of a table.

    Raises
    ------
    UnknownNameError
        If there is no such table.
    """
    return [(str(r["id"]), str(r.get("name", r["id"]))) for r in _records(table)]


def record_texts(table: str, record: str) -> dict[str, str]:
    """Return what a record says in words."""
    return {str(k): str(v) for k, v in _record(table, record).get("text", {}).items()}


def facts_of(table: str, record: str = "") -> Iterator[FactRow]:
    """Yield the facts of one table, or of one record of it, in file order.

    Raises
    ------
    UnknownNameError
        If there is no such table or record.
    """
    content = read_data(table) if table in table_names() else {}
    sources = content.get("sources", {})
    for item in [_record(table, record)] if record else _records(table):
        for name, raw in item.get("facts", {}).items():
            key = str(raw.get("source", ""))
            yield FactRow(
                table=table,
                record=str(item["id"]),
                field=str(name),
                value=float(raw["value"]),
                unit=str(raw.get("unit", "1")),
                low=_bound(raw, "low"),
                high=_bound(raw, "high"),
                grade=str(raw.get("grade", "")),
                source=f"{key}: {sources.get(key, '')}",
                as_of=str(raw.get("as_of", content.get("as_of", ""))),
                note=str(raw.get("note", "")),
            )


def sources_of(table: str = "") -> list[SourceRow]:
    """Return the sources of one table, or of all."""
    rows = []
    for name in [table] if table else table_names():
        counts: dict[str, int] = {}
        for fact in facts_of(name):
            key = fact.source.partition(":")[0]
            counts[key] = counts.get(key, 0) + 1
        declared = read_data(name).get("sources", {})
        rows += [SourceRow(name, str(key), str(text), counts.get(str(key), 0)) for key, text in declared.items()]
    return rows


def _records(table: str) -> list[dict[str, Any]]:
    if table not in table_names():
        raise UnknownNameError("table", table, table_names())
    return list(read_data(table).get("records", ()))


def _record(table: str, record: str) -> dict[str, Any]:
    found = {str(r["id"]): r for r in _records(table)}
    if record not in found:
        raise UnknownNameError(table.removesuffix("s"), record, found)
    return found[record]


def _bound(raw: dict[str, Any], name: str) -> float | None:
    return float(raw[name]) if name in raw else None
