"""Cutting, joining and repeating blocks of designs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rackwright.performance.records import Mapping
from rackwright.plan.outcome import Design

_CODES = ("system", "site", "cooling")
_MAPPING = tuple(Mapping.__dataclass_fields__)


Reader = Callable[[Design], NDArray[Any]]


def _code(name: str) -> Reader:
    return lambda design: _column(getattr(design, name), design)


def _field(pool: str, name: str) -> Reader:
    return lambda design: _column(getattr(getattr(design, pool), name), design)


def _rebuilt(change: Callable[[Reader], Any], with_prefill: bool) -> Design:
    """Build a design whose every column is `change` of a function that reads that column off a design."""

    def mapping(pool: str) -> Mapping:
        return Mapping(**{name: change(_field(pool, name)) for name in _MAPPING})

    codes = {name: change(_code(name)) for name in _CODES}
    return Design(**codes, mapping=mapping("mapping"), prefill=mapping("prefill") if with_prefill else None)


def _column(values: Any, design: Design) -> NDArray[Any]:
    return np.broadcast_to(values, np.shape(design.system))


def rows_of(design: Design, rows: Any) -> Design:
    """Return some rows of a block, chosen by a slice or by numbers."""
    return _rebuilt(lambda read: read(design)[rows], design.prefill is not None)


def one_row(design: Design, row: int) -> Design:
    """Return one design of a block, as a block of one."""
    return rows_of(design, slice(row, row + 1))


def concatenate(designs: Sequence[Design]) -> Design:
    """Join blocks one after the other."""
    return _rebuilt(lambda read: np.concatenate([read(design) for design in designs]), designs[0].prefill is not None)


def repeat(design: Design, places: Sequence[tuple[int, int]]) -> Design:
    """Put every design of a block at every (site, cooling) place; places vary fastest."""
    count, copies = len(design.system), len(places)
    spread = rows_of(design, np.repeat(np.arange(count), copies))
    at = np.tile(np.asarray(places, dtype=np.intp), (count, 1))
    return Design(
        system=spread.system, site=at[:, :1], cooling=at[:, 1:], mapping=spread.mapping, prefill=spread.prefill
    )
