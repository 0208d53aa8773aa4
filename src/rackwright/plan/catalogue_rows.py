"""Rows for `catalog list`, `catalog show` and `catalog sources`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rackwright.base import units
from rackwright.base.errors import UnknownNameError
from rackwright.base.facts import Fact
from rackwright.base.format import format_number
from rackwright.catalogue import listing
from rackwright.catalogue.catalogue import KINDS, Catalogue

Row = dict[str, Any]


def catalogue_list(table: str | None = None) -> list[Row]:
    """Return one row per table, or one per record of a table with what it says in words.

    Raises
    ------
    UnknownNameError
        If there is no such table.
    """
    if table is None:
        return [asdict(row) for row in listing.tables()]
    rows = [
        {"id": name, "name": title, **listing.record_texts(table, name)} for name, title in listing.record_ids(table)
    ]
    return rows + [row for row in _derived(table) if row["id"] not in {known["id"] for known in rows}]


def catalogue_show(record: str) -> list[Row]:
    """Return one row per fact of a record, named `table.record` or by its id alone.

    Raises
    ------
    UnknownNameError
        If there is no such record.
    """
    table, name = _find(record)
    if table in KINDS:
        found = Catalogue().table(table, KINDS[table])
        return [_fact_row(fact) for (owner, _), fact in found.facts.items() if owner == name]
    return [
        {
            "field": row.field,
            "value": f"{format_number(row.value)} {'' if row.unit == '1' else row.unit}".strip(),
            "range": "" if row.low is None and row.high is None else _range(row.low, row.high, row.value),
            "grade": row.grade,
            "as_of": row.as_of,
            "source": row.source,
            "note": row.note,
        }
        for row in listing.facts_of(table, name)
    ]


def catalogue_sources(table: str | None = None) -> list[Row]:
    """Return one row per source with the number of facts that rest on it.

    Raises
    ------
    UnknownNameError
        If there is no such table.
    """
    if table is not None:
        listing.record_ids(table)
    return [asdict(row) for row in listing.sources_of(table or "")]


def _derived(table: str) -> list[Row]:
    """Return records that are made at load, such as the generic servers."""
    if table not in KINDS:
        return []
    found = Catalogue().table(table, KINDS[table])
    return [{"id": name, **found.texts[name]} for name in found.ids]


def _find(record: str) -> tuple[str, str]:
    head, _, tail = record.partition(".")
    names = {row.table for row in listing.tables()}
    if head in names and tail:
        if tail not in _ids(head):
            raise UnknownNameError(head.removesuffix("s"), tail, _ids(head))
        return head, tail
    owners = [(table, record) for table in sorted(names) if record in _ids(table)]
    if not owners:
        raise UnknownNameError("record", record, [name for table in sorted(names) for name in _ids(table)])
    first = [owner for owner in owners if owner[0] in KINDS]
    return (first or owners)[0]


def _ids(table: str) -> list[str]:
    if table in KINDS:
        return list(Catalogue().table(table, KINDS[table]).ids)
    return [name for name, _ in listing.record_ids(table)]


def _fact_row(fact: Fact) -> Row:
    def written(value: float) -> float:
        return units.from_si(value, fact.written_unit)

    unit = "" if fact.written_unit == "1" else fact.written_unit
    return {
        "field": fact.key.rsplit(".", 1)[1],
        "value": f"{format_number(written(fact.value))} {unit}".strip(),
        "range": "" if fact.low == fact.high else _range(written(fact.low), written(fact.high), 0.0),
        "grade": fact.grade,
        "as_of": fact.as_of,
        "source": fact.source,
        "note": fact.note,
    }


def _range(low: float | None, high: float | None, value: float) -> str:
    ends = (value if end is None else end for end in (low, high))
    return " to ".join(format_number(end) for end in ends)
