"""Rows of the catalogue: a table where the columns fit, one block per record where they do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rackwright.base.format import format_number
from rackwright.report.clean import clean_text
from rackwright.report.terminal.page import Page

_LEAST_COLUMN = 9
_MOST_COLUMNS = 12


def render_catalogue_rows(rows: Sequence[Mapping[str, Any]], width: int | None = None, color: bool = False) -> str:
    """Write rows of any columns; numbers with three significant digits, what is missing left empty."""
    page = Page(width, color=color)
    heads = list(dict.fromkeys(key for row in rows for key in row))
    cells = [[_cell(row.get(head)) for head in heads] for row in rows]
    used = [index for index in range(len(heads)) if any(row[index] for row in cells)]
    if not used:
        return ""
    longest = [max(min(max(len(row[index]) for row in cells), 40), len(heads[index])) for index in used]
    if len(used) <= _MOST_COLUMNS and (len(rows) > 1 or sum(longest) + 3 * len(used) <= page.width):
        numeric = [place for place, index in enumerate(used) if _is_numeric(rows, heads[index])]
        if page.width >= _LEAST_COLUMN * len(used):
            shown = [[row[index] for index in used] for row in cells]
            page.table([clean_text(heads[index]) for index in used], shown, right=" ".join(map(str, numeric)))
            return str(page)
    for row in cells:
        page.pairs([(clean_text(heads[index]), row[index]) for index in used])
        page.show("")
    return str(page)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return format_number(value)
    if isinstance(value, list | tuple):
        return ", ".join(_cell(item) for item in value)
    return clean_text(str(value))


def _is_numeric(rows: Sequence[Mapping[str, Any]], head: str) -> bool:
    known = [row[head] for row in rows if row.get(head) is not None]
    return bool(known) and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known)
