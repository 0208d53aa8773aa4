"""Frozen records whose fields declare their unit and meaning.

A field declaration is the one place where a unit is written down; validation, documentation, tables, and the dimension
test all come from it.
"""

from __future__ import annotations

import dataclasses
from typing import Any, TypeAlias, TypeVar, dataclass_transform

import numpy as np
from numpy.typing import NDArray

from rackwright.base.trace import Traced

Num: TypeAlias = float | NDArray[np.float64]
"""A number in SI: a float, an array (designs, 1), samples (designs, samples), or a `Traced` standing in for one."""

R = TypeVar("R")
RECORDS: dict[str, type[Any]] = {}
"""Every record class by its name, so that a traced label such as `Site.pue` finds its meaning."""
_MISSING = dataclasses.MISSING


def field(unit: str, doc: str, *, default: Any = _MISSING, optional: bool = False) -> Any:
    """Declare a record field.

    Parameters
    ----------
    unit : the SI unit of the value, `1` for a count or share; `""` for anything that is not a number
    doc : what it means, in a few words
    default : value when none is given
    optional : a fact table may leave it out (the column then holds NaN)
    """
    metadata = {"unit": unit, "doc": doc, "optional": optional}
    if default is _MISSING:
        return dataclasses.field(metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[R]) -> type[R]:
    """Make `cls` a frozen, slotted dataclass that names the traced values it is given.

    A `Traced` value stored in a field is labelled `Record.field` and its dimension is checked against the declared
    unit; plain numbers pass untouched.
    """
    numeric = tuple(
        (name, value.metadata["unit"])
        for name, value in vars(cls).items()
        if isinstance(value, dataclasses.Field) and value.metadata.get("unit")
    )
    title = cls.__name__

    def label_traced(self: Any) -> None:
        for name, unit in numeric:
            value = getattr(self, name)
            if type(value) is Traced:
                object.__setattr__(self, name, value.labelled(f"{title}.{name}", unit))

    if "__post_init__" not in vars(cls):
        cls.__post_init__ = label_traced  # type: ignore[attr-defined]
    made: type[R] = dataclasses.dataclass(frozen=True, slots=True, eq=False)(cls)
    RECORDS[title] = made
    return made


def replace(instance: R, **changes: Any) -> R:
    """Return a copy of a record with some fields changed."""
    return dataclasses.replace(instance, **changes)  # type: ignore[type-var]


def fields_of(kind: Any) -> tuple[dataclasses.Field[Any], ...]:
    """Return the declared fields of a record class or instance."""
    return dataclasses.fields(kind)


def unit_of(kind: Any, name: str) -> str:
    """Return the declared SI unit of a field."""
    for declared in dataclasses.fields(kind):
        if declared.name == name:
            return str(declared.metadata.get("unit", ""))
    raise AttributeError(f"{kind} has no field {name}")


def doc_of(kind: Any, name: str) -> str:
    """Return the declared meaning of a field."""
    for declared in dataclasses.fields(kind):
        if declared.name == name:
            return str(declared.metadata.get("doc", ""))
    raise AttributeError(f"{kind} has no field {name}")
