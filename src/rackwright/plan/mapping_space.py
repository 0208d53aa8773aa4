"""The free mappings of a workload as a lazy space.

A mapping axis that the case leaves free gets these values, which the plan shows:

    serving    TP, PP  powers of two; attention DP powers of two for mixtures of experts; EP = 1 or TP DP; batch
               of one attention replica
    training   TP, PP, CP powers of two; DP divisors of the global batch; EP for mixtures of experts; micro-batch,
               interleave, ZeRO 1 or 3, recompute
"""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence
from typing import Any

import numpy as np

from rackwright.performance.records import Mapping
from rackwright.plan.outcome import Design
from rackwright.plan.problem import Problem
from rackwright.plan.space import Axis, Columns, Space, powers_of_two
from rackwright.workload.records import Architecture, TrainingJob

EACH = "batch_each"
"""The free batch is that of one attention replica, so that wide expert parallelism gets batches of its size."""

FULL_EP = -1.0
"""Stands for EP over all TP x DP accelerators of the replica."""

_SERVING_BATCHES = (1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128, 160, 192, 256, 320, 384, 512, 768, 1024)
_INTERLEAVES = (1, 2, 3, 4, 6, 8)
_LARGEST_TP, _LARGEST_PP, _LARGEST_CP = 64, 64, 16
_LONG_SEQUENCE = 16_384

Pinned = AbstractMapping[str, Sequence[float]]


def divisors(number: int) -> tuple[float, ...]:
    """Return the divisors of a whole number, in order."""
    small = [value for value in range(1, int(number**0.5) + 1) if number % value == 0]
    return tuple(float(value) for value in sorted({*small, *(number // value for value in small)}))


def has_experts(architecture: Architecture) -> bool:
    """Tell whether any layer is a mixture of experts."""
    return any(group.feed_forward.experts for group in architecture.layers)


def free_values(problem: Problem) -> dict[str, tuple[float, ...]]:
    """Return the values each mapping field takes when the case leaves it free."""
    architecture = problem.architecture
    moe = has_experts(architecture)
    heads = max(group.attention.heads for group in architecture.layers)
    tp = powers_of_two(1, min(_LARGEST_TP, heads))
    pp = powers_of_two(1, min(_LARGEST_PP, architecture.depth))
    ep = (1.0, FULL_EP) if moe else (1.0,)
    job = problem.demand
    if isinstance(job, TrainingJob):
        sequences = int(job.global_batch)
        long = float(job.sequence_length) >= _LONG_SEQUENCE
        experts = max(group.feed_forward.experts for group in architecture.layers)
        return {
            "tp": powers_of_two(1, 8),
            "pp": pp,
            "ep": powers_of_two(1, min(64, experts)) if moe else (1.0,),
            "cp": powers_of_two(1, _LARGEST_CP) if long else (1.0,),
            "dp": divisors(sequences),
            "micro_batch": (1.0, 2.0, 4.0),
            "interleave": tuple(float(v) for v in _INTERLEAVES),
            "zero_stage": (1.0, 3.0),
            "recompute": (0.0, 1.0, 2.0),
        }
    return {
        "tp": tp,
        "pp": powers_of_two(1, min(16, architecture.depth)),
        "ep": ep,
        "cp": (1.0,),
        "dp": powers_of_two(1, 256) if moe else (1.0,),
        EACH: tuple(float(b) for b in _SERVING_BATCHES),
    }


def mapping_space(problem: Problem, systems: Sequence[int], pinned: Pinned, prefill: Pinned) -> Space:
    """Return the space of system and mapping; sites and coolings come later, since no mapping depends on them.

    pinned, prefill : values of the mapping fields that the case fixes or lists, of the (decode) pool and of the prefill
    pool; all others take `free_values`. Prefill fields appear with the prefix `prefill_`.
    """
    axes = [Axis("system", tuple(float(code) for code in systems))]
    for name, values in free_values(problem).items():
        chosen = pinned.get("batch" if name == EACH else name)
        axes.append(Axis(name.removesuffix("_each") if chosen else name, tuple(chosen or values), free=not chosen))
    if problem.disaggregated:
        for name, values in free_values(problem).items():
            if name in (EACH, "cp"):
                continue
            chosen = prefill.get(name)
            axes.append(Axis(f"prefill_{name}", tuple(chosen) if chosen else values, free=not chosen))
    return Space(tuple(axes))


def design_of(columns: Columns, problem: Problem) -> Design:
    """Turn enumerated columns into a block of designs at no particular site."""
    codes = columns["system"].astype(np.intp)
    nowhere = np.zeros_like(codes)
    prefill = _mapping(columns, "prefill_") if problem.disaggregated else None
    return Design(system=codes, site=nowhere, cooling=nowhere, mapping=_mapping(columns, ""), prefill=prefill)


def _mapping(columns: Columns, prefix: str) -> Mapping:
    given: dict[str, Any] = {
        name: columns[prefix + name] for name in Mapping.__dataclass_fields__ if prefix + name in columns
    }
    if prefix + EACH in columns:
        given["batch"] = columns[prefix + EACH] * given["dp"]
    one = np.ones_like(columns["system"], dtype=float)
    given.setdefault("cp", one)
    given["ep"] = np.where(given["ep"] == FULL_EP, given["tp"] * given["dp"], given["ep"])
    return Mapping(**given)
