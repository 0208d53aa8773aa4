"""The catalogue's models: what is published about them, and their configs."""

from __future__ import annotations

from functools import cache
from typing import Any

from rackwright.base.errors import UnknownNameError
from rackwright.catalogue.loader import load_table, read_data
from rackwright.catalogue.table import Table
from rackwright.workload.records import ModelFacts


def models() -> Table[ModelFacts]:
    """Return the table of models.

    References
    ----------
    [1] `data/models.yaml`.
    """
    return load_table("models", ModelFacts)


@cache
def _configs() -> dict[str, dict[str, Any]]:
    return {str(record["id"]): record["config"] for record in read_data("models")["records"]}


def model_config(name: str) -> dict[str, Any]:
    """Return a catalogue model's config, in the spelling of a Hugging Face `config.json`.

    References
    ----------
    [1] `data/models.yaml`, with the source of every config.

    Raises
    ------
    UnknownNameError
        If there is no such model; the error names the nearest ones.
    """
    try:
        return dict(_configs()[name])
    except KeyError:
        raise UnknownNameError("model", name, _configs()) from None
