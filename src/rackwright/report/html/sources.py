"""The bibliography: every source once, numbered, with the facts that were read in it."""

from __future__ import annotations

from dataclasses import dataclass

from rackwright.base.facts import GRADES
from rackwright.base.format import format_range
from rackwright.plan.document import FactValue, PlanDocument
from rackwright.report.html.anchors import Anchors
from rackwright.report.views import UNSURE


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact in the bibliography."""

    anchor: str
    key: str
    text: str
    spread: str
    grade: str
    meaning: str
    unsure: bool
    default: bool
    as_of: str
    note: str


@dataclass(frozen=True, slots=True)
class Source:
    """A source and what was read in it."""

    number: int
    text: str
    address: str
    entries: list[Entry]


def sources_of(document: PlanDocument, anchors: Anchors) -> list[Source]:
    """Return the sources in the order in which their numbers are given."""
    grouped: dict[str, list[Entry]] = {source: [] for source in anchors.sources}
    for fact in document["facts"]:
        grouped[fact["source"]].append(_entry(fact, anchors))
    return [Source(anchors.sources[text], text, _address(text), entries) for text, entries in grouped.items()]


def grades_of(document: PlanDocument) -> list[tuple[str, int, str]]:
    """Return (grade, number of facts, what it means), most frequent first."""
    counts: dict[str, int] = {}
    for fact in document["facts"]:
        counts[fact["grade"]] = counts.get(fact["grade"], 0) + 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(grade, count, GRADES.get(grade, "")) for grade, count in ranked]


def _entry(fact: FactValue, anchors: Anchors) -> Entry:
    ranged = fact["low"] != fact["high"]
    return Entry(
        anchor=anchors.fact(fact["key"]),
        key=fact["key"],
        text=fact["text"],
        spread=format_range(fact["low"], fact["high"], fact["unit"]) if ranged else "",
        grade=fact["grade"],
        meaning=GRADES.get(fact["grade"], ""),
        unsure=fact["grade"] in UNSURE,
        default=fact["default"],
        as_of=fact["as_of"],
        note=fact["note"],
    )


def _address(source: str) -> str:
    """Return the web address within a source, so that a reader on line can follow it; the page itself loads nothing."""
    for word in source.split():
        bare = word.strip("()<>[].,;\"'")
        if bare.startswith(("https://", "http://")):
            return bare
    return ""
