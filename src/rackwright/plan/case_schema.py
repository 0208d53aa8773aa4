"""The case format for editors and for people who start: JSON Schema, and a commented case."""

from __future__ import annotations

from importlib import resources
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"
STARTER = "starter"


def case_schema() -> dict[str, Any]:
    """Return the JSON Schema of a case, with the meaning and an example of every key."""
    from rackwright.plan.case_models import CaseIn

    return {"$schema": DIALECT, **CaseIn.model_json_schema(mode="validation")}


def starter_case() -> str:
    """Return the commented case that `rackwright init` writes."""
    return shipped_case(STARTER)


def shipped_case(name: str) -> str:
    """Return the text of a case that comes with the package."""
    return resources.files("rackwright.cases").joinpath(f"{name}.yaml").read_text(encoding="utf-8")


def shipped_cases() -> tuple[str, ...]:
    """Return the names of the cases that come with the package."""
    files = resources.files("rackwright.cases").iterdir()
    return tuple(sorted(f.name.removesuffix(".yaml") for f in files if f.name.endswith(".yaml")))
