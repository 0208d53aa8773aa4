"""The names a case may use: those of the catalogue's tables."""

from __future__ import annotations

from functools import cache

from rackwright.catalogue.catalogue import Catalogue
from rackwright.catalogue.loader import read_data

SHIPPING = "shipping"


@cache
def _ids(table: str) -> tuple[str, ...]:
    return tuple(str(record["id"]) for record in read_data(table)["records"])


@cache
def _catalogue() -> Catalogue:
    return Catalogue()


def accelerators() -> tuple[str, ...]:
    """Return the accelerators whose numbers are public."""
    return _catalogue().deployable()


def systems() -> tuple[str, ...]:
    """Return the systems, those that the catalogue derives included."""
    return _catalogue().systems.ids


def sites() -> tuple[str, ...]:
    """Return the locations."""
    return _ids("locations")


def coolings() -> tuple[str, ...]:
    """Return the cooling types."""
    return _ids("coolings")


def owners() -> tuple[str, ...]:
    """Return the kinds of owner."""
    return _ids("economics")


def models() -> tuple[str, ...]:
    """Return the models."""
    return _ids("models")


def profiles() -> tuple[str, ...]:
    """Return the daily profiles."""
    return _ids("daily_profiles")


def traces() -> tuple[str, ...]:
    """Return the measured length distributions."""
    return _ids("length_statistics")


def fields(table: str) -> tuple[str, ...]:
    """Return the fields of a table's records, in order of first appearance."""
    return tuple(dict.fromkeys(name for record in read_data(table)["records"] for name in record.get("facts", {})))
