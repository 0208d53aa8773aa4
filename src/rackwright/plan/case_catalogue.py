"""The catalogue as one case sees it."""

from __future__ import annotations

from rackwright.catalogue.catalogue import Catalogue
from rackwright.plan.case_records import Case


def catalogue_of(case: Case, base: Catalogue | None = None) -> Catalogue:
    """Return a catalogue with the case's own records and facts laid over `base`, the shipped one by default."""
    catalogue = base or Catalogue()
    for table, added in case.records.items():
        catalogue = catalogue.with_records(table, added)
    for key, fact in case.facts.items():
        catalogue = catalogue.with_fact(key, fact)
    return catalogue
