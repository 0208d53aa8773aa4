"""A typed fact table: one row per record, one column per field, every cell a cited `Fact`.

The same table can be read in three ways: plain (the stated values), sampled (drawn from each fact's range) and traced
(every cell a `Traced` leaf), so that stage functions run unchanged on all three.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from rackwright.base import ops
from rackwright.base.errors import CatalogueError, UnknownNameError
from rackwright.base.facts import DEFAULT_SPREAD, Fact
from rackwright.base.record import fields_of
from rackwright.base.trace import Traced

T = TypeVar("T")
Key = tuple[str, str]


@dataclass(frozen=True)
class Table(Generic[T]):
    """Records of one kind.

    ids : record names, in file order; a design refers to a record by its position (its code)
    texts : what is said in words, per record (vendor, link name, country, ...)
    vectors : lists of numbers that are used whole, per record (monthly normals)
    facts : the cited number of every cell, by (record, field)
    columns : the cells as numbers: (rows,) plain, (rows, samples) sampled, or one traced leaf per row
    """

    name: str
    kind: type[T]
    ids: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]]
    vectors: Mapping[str, Mapping[str, NDArray[np.float64]]]
    facts: Mapping[Key, Fact]
    columns: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self.ids

    def code(self, record_id: str) -> int:
        """Return the position of a record.

        Raises
        ------
        UnknownNameError
            If there is no such record; the error names the nearest ones.
        """
        try:
            return self.ids.index(record_id)
        except ValueError:
            raise UnknownNameError(self.name.removesuffix("s"), record_id, self.ids) from None

    def take(self, code: NDArray[np.intp] | int) -> T:
        """Return the record(s) at integer codes: fields get shape (designs, 1), or plain floats for a scalar code."""
        return self.kind(**{name: ops.take(column, code) for name, column in self.columns.items()})

    def one(self, record_id: str) -> T:
        """Return one record by name."""
        return self.take(self.code(record_id))

    def text(self, record_id: str, name: str, default: str = "") -> str:
        """Return what a record says in words under `name`."""
        return self.texts[self.ids[self.code(record_id)]].get(name, default)

    def fact(self, record_id: str, name: str) -> Fact:
        """Return the cited number in one cell."""
        return self.facts[self.ids[self.code(record_id)], name]

    def traced(self) -> Table[T]:
        """Return this table with every cell a traced leaf."""
        return replace(self, columns={name: self._leaves(name) for name in self.columns})

    def _leaves(self, name: str) -> ops.TracedColumn:
        unit = {f.name: f.metadata["unit"] for f in fields_of(self.kind)}[name]
        leaves = []
        for record_id, value in zip(self.ids, self.columns[name], strict=True):
            fact = self.facts.get((record_id, name))
            if fact is None:
                leaves.append(Traced(float(value), op="constant"))
            else:
                leaves.append(Traced.leaf(float(value), unit, fact, fact.key))
        return ops.TracedColumn(leaves)

    def sampled(self, samples: int, seed: int) -> Table[T]:
        """Return this table with columns (rows, samples) drawn from each fact's range; see `draw`."""
        columns = {}
        for name, column in self.columns.items():
            rows = np.repeat(np.asarray(column, dtype=float)[:, np.newaxis], samples, axis=1)
            for row, record_id in enumerate(self.ids):
                fact = self.facts.get((record_id, name))
                if fact is not None and fact.high > fact.low:
                    rows[row] = draw(fact, samples, seed)
            columns[name] = rows
        return replace(self, columns=columns)

    def joined(self, other: Table[T]) -> Table[T]:
        """Return this table with the records of another of the same kind appended.

        Raises
        ------
        CatalogueError
            If a record is in both.
        """
        repeated = set(self.ids) & set(other.ids)
        if repeated:
            raise CatalogueError(f"{self.name}: {', '.join(sorted(repeated))} is there already")
        return replace(
            self,
            ids=self.ids + other.ids,
            texts={**self.texts, **other.texts},
            vectors={**self.vectors, **other.vectors},
            facts={**self.facts, **other.facts},
            columns={name: np.concatenate([column, other.columns[name]]) for name, column in self.columns.items()},
        )

    def with_fact(self, record_id: str, name: str, fact: Fact) -> Table[T]:
        """Return this table with one cell replaced, for instance by what the user states in a case."""
        row = self.code(record_id)
        column = np.array(self.columns[name], dtype=float)
        column[row] = fact.value
        return replace(
            self,
            columns={**self.columns, name: column},
            facts={**self.facts, (record_id, name): fact},
        )


def draw(fact: Fact, samples: int, seed: int) -> NDArray[np.float64]:
    """Draw a fact from the triangular distribution (low, value, high); (samples,).

    The stream depends on the seed and the fact's key alone, so adding a fact leaves the draws of all others unchanged.
    """
    stream = np.random.default_rng([seed, zlib.crc32(fact.key.encode())])
    low, mode, high = min(fact.low, fact.value), fact.value, max(fact.high, fact.value)
    return stream.triangular(low, mode, high, samples)


def spread(value: float, grade: str) -> tuple[float, float]:
    """Return the range of a fact that states none: value (1 -+ s) with s by grade."""
    width = abs(value) * DEFAULT_SPREAD[grade]
    return value - width, value + width
