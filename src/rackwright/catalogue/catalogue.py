"""`Catalogue`: all fact tables behind one frozen object, with the user's own values laid over them.

A catalogue can be read plain, traced (every cell a `Traced` leaf) or sampled; changing a fact, adding a record or
changing the view returns a new catalogue. Tables load when first asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any, TypeVar, cast

from rackwright.base import units
from rackwright.base.errors import CatalogueError, UnknownNameError
from rackwright.base.facts import Fact
from rackwright.base.record import fields_of, unit_of
from rackwright.catalogue import records
from rackwright.catalogue.generic import generic_systems
from rackwright.catalogue.loader import UNDISCLOSED, build_table, load_table, read_data
from rackwright.catalogue.table import Table

T = TypeVar("T")

KINDS: dict[str, type[Any]] = {
    "accelerators": records.Accelerator,
    "systems": records.SystemSpec,
    "server_rules": records.ServerRule,
    "links": records.Link,
    "switch_asics": records.SwitchAsic,
    "switches": records.Switch,
    "nics": records.Nic,
    "optics": records.Optic,
    "rack_parts": records.RackPart,
}
"""Tables of this room. Other rooms' tables are read through `Catalogue.table` with their own record."""

_DERIVED = ("accelerators", "systems")
"""Tables that are made from more than their own file, and so may change with a fact of another table."""

USER_SOURCE = "USER: stated by the user"


@dataclass(frozen=True)
class Catalogue:
    """Every fact table, with overrides and additions; see the module text.

    view : () for plain numbers, ("traced",) or ("sampled", samples, seed)
    overrides : facts that replace shipped ones, by key `table.record.field`
    added : records of the user's own, by table and id, as written in the case
    """

    view: tuple[Any, ...] = ()
    overrides: Mapping[str, Fact] = field(default_factory=dict)
    added: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    _loaded: dict[str, Table[Any]] = field(default_factory=dict, repr=False, compare=False)

    def table(self, name: str, kind: type[T]) -> Table[T]:
        """Return the table `data/<name>.yaml` as records of `kind`, in this catalogue's view.

        Raises
        ------
        CatalogueError
            If the data or an added record is malformed.
        UnknownNameError
            If an override names a record that does not exist.
        """
        known = self._loaded.get(name)
        if known is None:
            known = self._loaded[name] = self._seen(self._plain(name, kind))
        return cast(Table[T], known)

    @property
    def accelerators(self) -> Table[records.Accelerator]:
        """Accelerator packages."""
        return self.table("accelerators", records.Accelerator)

    @property
    def systems(self) -> Table[records.SystemSpec]:
        """Deployable systems, with a generic server for every accelerator that has none."""
        return self.table("systems", records.SystemSpec)

    @property
    def links(self) -> Table[records.Link]:
        """Scale-up link technologies."""
        return self.table("links", records.Link)

    @property
    def switches(self) -> Table[records.Switch]:
        """Scale-out switches."""
        return self.table("switches", records.Switch)

    @property
    def switch_asics(self) -> Table[records.SwitchAsic]:
        """Switch chips."""
        return self.table("switch_asics", records.SwitchAsic)

    @property
    def nics(self) -> Table[records.Nic]:
        """Network interfaces."""
        return self.table("nics", records.Nic)

    @property
    def optics(self) -> Table[records.Optic]:
        """Transceivers and cables."""
        return self.table("optics", records.Optic)

    @property
    def rack_parts(self) -> Table[records.RackPart]:
        """Rack power and cooling hardware."""
        return self.table("rack_parts", records.RackPart)

    def deployable(self) -> tuple[str, ...]:
        """Return the accelerators whose numbers are public, in file order."""
        table = self._plain("accelerators", records.Accelerator)
        return tuple(i for i in table.ids if table.texts[i].get("status") != UNDISCLOSED)

    def systems_of(self, accelerator: str) -> tuple[str, ...]:
        """Return the systems that carry an accelerator, in file order.

        Raises
        ------
        UnknownNameError
            If there is no such accelerator.
        """
        self.accelerators.code(accelerator)
        table = self.systems
        return tuple(i for i in table.ids if table.texts[i].get("accelerator") == accelerator)

    def traced(self) -> Catalogue:
        """Return this catalogue with every cell a traced leaf."""
        return replace(self, view=("traced",), _loaded={})

    def sampled(self, samples: int, seed: int) -> Catalogue:
        """Return this catalogue with every cell drawn `samples` times from its fact's range."""
        return replace(self, view=("sampled", samples, seed), _loaded={})

    def with_fact(self, key: str, fact: Fact) -> Catalogue:
        """Return this catalogue with one fact replaced; `key` is `table.record.field`.

        Raises
        ------
        UnknownNameError
            If the key names no table, record or field.
        """
        self._check(key)
        touched = {split_key(key)[0], *_DERIVED}
        kept = {name: table for name, table in self._loaded.items() if name not in touched}
        return replace(self, overrides={**self.overrides, key: replace(fact, key=key)}, _loaded=kept)

    def with_stated(self, key: str, text: str) -> Catalogue:
        """Return this catalogue with one fact replaced by what the user states, for instance `31 kUSD`.

        Raises
        ------
        UnknownNameError
            If the key names no table, record or field.
        DimensionError
            If the text is no number of the fact's dimension.
        """
        unit = self.unit_of(key)
        value = units.parse(text, unit)
        fact = Fact(key, value, value, value, unit, unit, USER_SOURCE, "", "user", ranged=True)
        return self.with_fact(key, fact)

    def unit_of(self, key: str) -> str:
        """Return the unit of a fact: SI where its record is of this room, else as written in its data file."""
        self._check(key)
        name, record_id, field_name = split_key(key)
        if name in KINDS:
            return unit_of(KINDS[name], field_name)
        raw = next(r for r in read_data(name)["records"] if str(r["id"]) == record_id)["facts"][field_name]
        return str(raw.get("unit", "1"))

    def with_records(self, name: str, added: Iterable[Mapping[str, Any]]) -> Catalogue:
        """Return this catalogue with records of the user's own added to a table.

        A record has the form of the data files (`id`, `name`, `text`, `facts`); a fact without source or grade is
        taken as stated by the user. A record may not repeat an id of the table.
        """
        together = (*self.added.get(name, ()), *added)
        return replace(self, added={**self.added, name: together}, _loaded={})

    def digest(self) -> str:
        """Return a stable hash over all data files, overrides and additions."""
        text = repr((sorted(self.overrides.items()), sorted((k, repr(v)) for k, v in self.added.items())))
        return hashlib.sha256(data_digest() + text.encode()).hexdigest()

    def _plain(self, name: str, kind: type[T]) -> Table[T]:
        table: Table[T] = load_table(name, kind)  # type: ignore[arg-type]  # a class is hashable; mypy sees type[T]
        if name in self.added:
            table = table.joined(build_table(name, kind, _as_written(self.added[name])))
        if name == "systems":
            priced = self._repriced(cast(Table[records.SystemSpec], table))
            table = cast(Table[T], self._with_generic(priced))
        for key, fact in self.overrides.items():
            in_table, record_id, field_name = split_key(key)
            if in_table == name:
                table = table.with_fact(record_id, field_name, fact)
        return table

    def _repriced(self, table: Table[records.SystemSpec]) -> Table[records.SystemSpec]:
        """Move the price of a system with the price that the user states for its accelerator."""
        shipped = load_table("accelerators", records.Accelerator)
        for key, stated in self.overrides.items():
            name, accelerator, field_name = split_key(key)
            if (name, field_name) != ("accelerators", "price") or accelerator not in shipped:
                continue
            change = stated.value - shipped.fact(accelerator, "price").value
            for system in (i for i in table.ids if table.texts[i].get("accelerator") == accelerator):
                price = table.fact(system, "price")
                moved = change * table.fact(system, "accelerators").value
                table = table.with_fact(system, "price", _moved(price, moved, accelerator))
        return table

    def _with_generic(self, table: Table[records.SystemSpec]) -> Table[records.SystemSpec]:
        served = {text.get("accelerator", "") for text in table.texts.values()}
        accelerators = self._plain("accelerators", records.Accelerator)
        wanted = [i for i in self.deployable() if i not in served]
        return table.joined(generic_systems(accelerators, wanted, self._plain("server_rules", records.ServerRule)))

    def _seen(self, table: Table[T]) -> Table[T]:
        if not self.view:
            return table
        if self.view[0] == "traced":
            return table.traced()
        return table.sampled(self.view[1], self.view[2])

    def _check(self, key: str) -> None:
        name, record_id, field_name = split_key(key)
        if name not in table_names():
            raise UnknownNameError("table", name, table_names())
        if name in KINDS:
            table = self._plain(name, KINDS[name])
            table.code(record_id)
            known = [f.name for f in fields_of(KINDS[name])]
        else:
            found = {str(r["id"]): r for r in read_data(name).get("records", ())}
            if record_id not in found:
                raise UnknownNameError(name.removesuffix("s"), record_id, found)
            known = list(found[record_id].get("facts", {}))
        if field_name not in known:
            raise UnknownNameError("field", field_name, known)


def split_key(key: str) -> tuple[str, str, str]:
    """Split `table.record.field`; a record's id may hold dots itself.

    Raises
    ------
    CatalogueError
        If the key has fewer than three parts.
    """
    name, _, rest = key.partition(".")
    record_id, _, field_name = rest.rpartition(".")
    if not (name and record_id and field_name):
        raise CatalogueError(f"{key!r} is not of the form table.record.field")
    return name, record_id, field_name


@cache
def table_names() -> tuple[str, ...]:
    """Return the names of all fact tables that are shipped."""
    files = resources.files("rackwright.data").iterdir()
    return tuple(sorted(f.name.removesuffix(".yaml") for f in files if f.name.endswith(".yaml")))


@cache
def data_digest() -> bytes:
    """Return a hash over the names and bytes of all shipped data files."""
    whole = hashlib.sha256()
    for file in sorted(resources.files("rackwright.data").iterdir(), key=lambda f: f.name):
        if file.is_file() and not file.name.endswith(".py"):
            whole.update(file.name.encode() + b"\0" + file.read_bytes())
    return whole.digest()


def _moved(price: Fact, by: float, accelerator: str) -> Fact:
    note = f"{price.note}; moved with the stated price of {accelerator}".removeprefix("; ")
    return replace(price, value=price.value + by, low=price.low + by, high=price.high + by, note=note)


def _as_written(added: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the user's records the head of a data file, and their facts a source and grade."""
    name, _, meaning = USER_SOURCE.partition(": ")
    complete = []
    for record in added:
        facts = {k: {"source": name, "grade": "user", **v} for k, v in record.get("facts", {}).items()}
        complete.append({**record, "facts": facts})
    return {"sources": {name: meaning}, "records": complete}
