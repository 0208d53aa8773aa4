"""Limits of a serving design: memory, latency targets, and what a mapping has to respect."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.limit import Limit
from rackwright.base.record import Num
from rackwright.catalogue.records import Accelerator
from rackwright.fabric.records import Fabric
from rackwright.performance.efficiency import EfficiencyFacts
from rackwright.performance.records import Mapping
from rackwright.workload.records import Architecture, ServingDemand

_SOFTMAX = ("gqa", "mla", "compressed")


def memory_limit(used: Num, chip: Accelerator, facts: EfficiencyFacts, where: str = "") -> Limit:
    """Bound memory by the share of the accelerator's memory that an engine may use.

    M <= share C     (1)
    """
    return Limit(f"memory per accelerator{where}", "B", used, facts.memory_share * chip.memory_capacity)


def latency_limits(ttft: Num, tpot: Num, demand: ServingDemand) -> tuple[Limit, ...]:
    """Bound both latencies at the demand's percentile by their targets.

    TTFT <= target,   TPOT <= target     (1)
    """
    return (
        Limit("time to first token", "s", ttft, demand.ttft_target),
        Limit("time per output token", "s", tpot, demand.tpot_target),
    )


def mapping_limits(architecture: Architecture, mapping: Mapping, fabric: Fabric, where: str = "") -> tuple[Limit, ...]:
    """Check that a mapping can be laid out.

        ceil(x / d) d <= x       for whole division of heads by tp                                        (1)
        pp <= layers,   ep <= tp dp,   ep <= experts,   tp <= scale-up domain,   batch >= dp pp           (2)

    Key-value heads must divide tp or be divided by it. Experts need not divide evenly: an engine copies the busiest
    ones to fill the places left over.
    """
    tp = mapping.tp
    found = []
    for heads in sorted({g.attention.heads for g in architecture.layers if g.attention.kind != "none"}):
        found.append(_divided(f"{heads} heads divided by tensor-parallel ways{where}", float(heads), tp))
    pairs = sorted({g.attention.kv_heads for g in architecture.layers if g.attention.kind == "gqa"})
    for heads in pairs:
        larger, smaller = ops.maximum(tp, float(heads)), ops.minimum(tp, float(heads))
        found.append(_divided(f"{heads} key-value heads against tensor-parallel ways{where}", larger, smaller))
    experts = sorted({g.feed_forward.experts for g in architecture.layers if g.feed_forward.kind == "moe"})
    for number in experts:
        found.append(Limit(f"expert-parallel ways against {number} experts{where}", "1", mapping.ep, float(number)))
    spread = tp * mapping.dp if experts else ops.minimum(tp, 1.0)
    return (
        *found,
        Limit(f"pipeline stages against layers{where}", "1", mapping.pp, float(architecture.depth)),
        Limit(f"expert-parallel ways against accelerators of a stage{where}", "1", mapping.ep, spread),
        Limit(f"tensor-parallel ways inside the scale-up domain{where}", "1", tp, fabric.domain),
        Limit(f"sequences per attention replica and stage{where}", "1", mapping.batch, mapping.dp * mapping.pp, True),
    )


def _divided(name: str, whole: Num, ways: Num) -> Limit:
    return Limit(name, "1", ops.ceil(whole / ways) * ways, whole)
