"""Where on the page a metric, a fact or a source is explained, so that every number can link there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rackwright.plan.document import PlanDocument


@dataclass(frozen=True, slots=True)
class Anchors:
    """Identifiers of the page's targets; names are counted, so that no text of the case gets into one."""

    metrics: Mapping[tuple[int, str], str]
    facts: Mapping[str, str]
    sources: Mapping[str, int]

    def metric(self, workload: int, key: str) -> str:
        """Return the identifier of a metric's derivation, empty where there is none."""
        return self.metrics.get((workload, key), "")

    def fact(self, key: str) -> str:
        """Return the identifier of a fact, empty where it is not listed."""
        return self.facts.get(key, "")


def anchors_of(document: PlanDocument) -> Anchors:
    """Return the targets of a document: a derivation per explained metric, an entry per fact, a number per source."""
    metrics = {
        (index, explanation["metric"]): f"why-{index + 1}-{place + 1}"
        for index, answer in enumerate(document["workloads"])
        for place, explanation in enumerate(answer["explanations"])
    }
    facts = {fact["key"]: f"fact-{place + 1}" for place, fact in enumerate(document["facts"])}
    sources = {
        source: place + 1 for place, source in enumerate(dict.fromkeys(fact["source"] for fact in document["facts"]))
    }
    return Anchors(metrics, facts, sources)
