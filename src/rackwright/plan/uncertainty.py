"""How sure: P10, P50 and P90 of a design's metrics over the facts' ranges, and the facts that move them most.

Every fact is drawn from the triangular distribution over its range, independently of all others; the efficiency and
power facts carry the error of the performance model. The tornado moves one fact at a time to the ends of its range and
evaluates the whole pipeline again; which facts to move is decided by |slope| times range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rackwright.base.facts import Fact
from rackwright.base.format import format_range, format_value
from rackwright.base.trace import Traced, gradient
from rackwright.plan.document import Band, Tornado, TornadoBar
from rackwright.plan.evaluate import evaluate
from rackwright.plan.metrics import Metric
from rackwright.plan.outcome import Design, Outcome
from rackwright.plan.problem import Problem
from rackwright.plan.world import World

PERCENTILES = (10.0, 50.0, 90.0)
MOST_BARS = 12
_SAMPLES_AT_ONCE = 128


@dataclass(frozen=True)
class Draws:
    """What one design becomes when every fact is drawn from its range.

    metrics : {metric: (samples,)}
    keeps_limits : whether all limits are kept, per draw (samples,)
    """

    metrics: Mapping[str, NDArray[np.float64]]
    keeps_limits: NDArray[np.bool_]

    @property
    def holds(self) -> float:
        """Share of draws in which the design keeps every limit; NaN without draws."""
        return float(self.keeps_limits.mean()) if len(self.keeps_limits) else float("nan")


def draw_design(
    design: Design, problem: Problem, world: World, items: Sequence[Metric], samples: int, seed: int
) -> Draws:
    """Evaluate one design under `samples` draws of all facts."""
    drawn: dict[str, list[NDArray[np.float64]]] = {item.key: [] for item in items}
    kept: list[NDArray[np.bool_]] = []
    for start in range(0, samples, _SAMPLES_AT_ONCE):
        count = min(_SAMPLES_AT_ONCE, samples - start)
        view = world.with_catalogue(world.catalogue.sampled(count, seed + start))
        outcome = evaluate(design, problem, view)
        for item in items:
            values = np.broadcast_to(np.asarray(item.read(outcome), dtype=float), (1, count))
            drawn[item.key].append(values[0])
        margins = [np.broadcast_to(np.asarray(limit.margin, dtype=float), (1, count))[0] for limit in outcome.limits]
        kept.append(np.min(margins, axis=0) >= 0)
    return Draws(
        {key: np.concatenate(parts) if parts else np.empty(0) for key, parts in drawn.items()},
        np.concatenate(kept) if kept else np.empty(0, dtype=bool),
    )


def bands_of(drawn: Mapping[str, NDArray[np.float64]], items: Sequence[Metric]) -> list[Band]:
    """Return the percentiles of sampled metrics."""
    bands = []
    for item in items:
        values = drawn[item.key][np.isfinite(drawn[item.key])]
        if not len(values):
            continue
        low, middle, high = (float(v) for v in np.percentile(values, PERCENTILES))
        bands.append(
            Band(
                metric=item.key,
                label=item.label,
                unit=item.unit,
                p10=low,
                p50=middle,
                p90=high,
                text=format_range(low, high, item.unit),
            )
        )
    return bands


def tornado_of(item: Metric, traced: Outcome, design: Design, problem: Problem, world: World) -> Tornado:
    """Return what the metric becomes when each of the strongest facts moves to the ends of its range."""
    value = item.read(traced)
    base = float(value)
    bars = []
    strongest: list[Fact] = _strongest(value) if isinstance(value, Traced) else []
    for fact in strongest:
        ends = [_moved(item, fact, end, design, problem, world) for end in (fact.low, fact.high)]
        bars.append(
            TornadoBar(
                fact=fact.key,
                label=_label(fact),
                at_low=ends[0],
                at_high=ends[1],
                fact_low_text=format_value(fact.low, fact.unit),
                fact_high_text=format_value(fact.high, fact.unit),
                grade=fact.grade,
            )
        )
    bars.sort(key=lambda bar: (-abs(bar["at_high"] - bar["at_low"]), bar["fact"]))
    return Tornado(metric=item.key, label=item.label, unit=item.unit, base=base, bars=bars)


def _strongest(value: Traced) -> list[Fact]:
    slopes = gradient(value)
    effects = {
        key: (abs(float(np.sum(np.asarray(slope)))) * (leaf.fact.high - leaf.fact.low), leaf.fact)
        for key, (leaf, slope) in slopes.items()
    }
    ranked = sorted(effects.values(), key=lambda effect: (-effect[0], effect[1].key))
    return [fact for effect, fact in ranked[:MOST_BARS] if effect > 0]


def _moved(item: Metric, fact: Fact, end: float, design: Design, problem: Problem, world: World) -> float:
    catalogue = world.catalogue.with_fact(fact.key, replace(fact, value=end, low=end, high=end))
    outcome = evaluate(design, problem, world.with_catalogue(catalogue))
    return float(np.asarray(item.read(outcome), dtype=float).reshape(-1)[0])


def _label(fact: Fact) -> str:
    table, record, name = fact.key.split(".", 2)
    words = name.replace("_", " ")
    return words if record in ("base", "measured") else f"{words} ({record})" if table else words
