"""Faults of a case, gathered with the place of the value or key they are about."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError

from rackwright.base.errors import Fault
from rackwright.plan.case_faults import suggestion
from rackwright.plan.case_units import shown
from rackwright.plan.case_yaml import Node

_NEEDED = {
    "model_type": "a mapping",
    "dict_type": "a mapping",
    "list_type": "a list",
    "string_type": "text",
    "bool_type": "`true` or `false`",
    "string_too_short": "some text",
}


class Faults:
    """What is wrong with one file."""

    def __init__(self, file: str, root: Node, found: Iterable[Fault] = ()) -> None:
        self.file, self.root, self.found = file, root, list(found)

    def add(self, path: Iterable[str | int], message: str, hint: str = "", key: bool = False) -> None:
        """Add a fault at the value (or the key) that `path` leads to."""
        steps = tuple(path)
        node = self.root.find(steps, key)
        written = ".".join(str(step) for step in steps if not str(step).startswith("<"))
        made = Fault(self.file, node.line, node.column, message, hint, written)
        if made not in self.found:
            self.found.append(made)

    def add_error(self, error: ValidationError, model: type[BaseModel]) -> None:
        """Add every fault that pydantic found."""
        for item in error.errors(include_url=False):
            self._add_item(item, model)

    def _add_item(self, item: Any, model: type[BaseModel]) -> None:
        path: tuple[str | int, ...] = item["loc"]
        context = item.get("ctx", {})
        match item["type"]:
            case "case":
                self.add((*path, *context["at"]), context["text"], context["hint"])
            case "extra_forbidden":
                known = keys_at(model, path[:-1])
                self.add(path, f"unknown key `{str(path[-1]):.60}`", suggestion(str(path[-1]), known), key=True)
            case "missing":
                self.add(path[:-1], f"`{path[-1]}` is missing", hint_for(model, path))
            case "string_pattern_mismatch":
                self.add(path, f"{shown(item['input'])} is not of the right form", hint_for(model, path))
            case "too_short" | "too_long":
                bound = context.get("min_length", context.get("max_length"))
                least = "at least" if "min_length" in context else "at most"
                self.add(path, f"{least} {bound} needed, not {context['actual_length']}", hint_for(model, path))
            case kind if kind in _NEEDED:
                self.add(path, f"{_NEEDED[kind]} is needed, not {shown(item['input'])}", hint_for(model, path))
            case _:
                self.add(
                    path, f"{shown(item['input'])}: {item['msg'][0].lower()}{item['msg'][1:]}", hint_for(model, path)
                )


def keys_at(model: type[BaseModel], path: Iterable[str | int]) -> tuple[str, ...]:
    """Return the keys that the mapping at `path` may hold."""
    found = _model_at(model, path)
    return tuple(found.model_fields) if found else ()


def hint_for(model: type[BaseModel], path: tuple[str | int, ...]) -> str:
    """Return what a key means and an example of it."""
    named = [step for step in path if isinstance(step, str) and not step.startswith("<")]
    owner = _model_at(model, path[: len(path) - 1 - path[::-1].index(named[-1])]) if named else None
    field = owner.model_fields.get(named[-1]) if owner else None
    if field is None or not field.description:
        return ""
    example = f", for example `{named[-1]}: {_written(field.examples[0])}`" if field.examples else ""
    return f"{named[-1]}: {field.description}{example}"


def _written(example: Any) -> str:
    if isinstance(example, dict):
        return "{" + ", ".join(f"{name}: {value}" for name, value in example.items()) + "}"
    return str(example)


def _model_at(model: type[BaseModel], path: Iterable[str | int]) -> type[BaseModel] | None:
    at: type[BaseModel] | None = model
    for step in path:
        if at is None:
            return None
        if isinstance(step, str) and step in at.model_fields:
            at = _inner(at.model_fields[step].annotation) or _Leaf
    return None if at is _Leaf else at


class _Leaf(BaseModel):
    """Stands for a value that is no mapping of known keys."""


def _inner(annotation: Any) -> type[BaseModel] | None:
    """Return the model inside lists, unions and annotations."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is not None:
        for inner in typing.get_args(annotation):
            found = _inner(inner)
            if found is not None:
                return found
    return None
