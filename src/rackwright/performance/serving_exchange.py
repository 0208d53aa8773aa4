"""What the ranks of a serving replica send each other in one forward pass."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.fabric.collectives import all_gather, all_reduce, all_to_all, send
from rackwright.fabric.records import Fabric, Group
from rackwright.performance.efficiency import EfficiencyFacts
from rackwright.performance.feed_forward_operators import expert_shards
from rackwright.performance.records import Mapping, TokenShape
from rackwright.workload.records import Architecture, FeedForward, Precision

EIGHT_BIT = ("fp8", "fp4", "int8")


def exchange_times(
    architecture: Architecture,
    shape: TokenShape,
    mapping: Mapping,
    precision: Precision,
    fabric: Fabric,
    facts: EfficiencyFacts,
) -> dict[str, Num]:
    """Return the time by kind that one pipeline stage spends on communication in one forward pass [s].

        reduce   = (mixers + feed-forwards + 1) / pp  all_reduce(tokens h b; tp)                          (1)
        gather   = 1 / pp  all_gather(rows V b; tp)                         logits                        (2)
        dispatch = mixtures / pp  all_to_all(tokens/tp d h b_sent; tp dp)   u (1 - overlap), to the experts  (3)
        combine  = the same with activations on the way back                                              (4)
        send     = send(tokens h b / tp; pp)                                to the next stage             (5)

    u is the load of the busiest expert rank over the mean;
    d = R (1 - (1 - 1/R)^k) shards is the number of ranks that one token reaches, R = ep of them by expert [1]. With
    dp = 1 all ranks hold all tokens and a mixture needs the all-reduce only; with dp > 1 it needs (3) and (4) and a
    shared expert split by tp its own all-reduce. Tokens are sent in 8 bit where products are in 8 bit or less.

    References
    ----------
    [1] DeepSeek-AI, DeepEP: a token is sent once to each rank that holds one of its experts.
    """
    tensor = Group(mapping.tp, 1.0)
    data = shape.tokens * (architecture.hidden * precision.activation_bytes) * facts.byte
    mixtures, reduced, routed = _counts(architecture, mapping)
    found = {"all-reduce": (reduced + 1.0) / mapping.pp * all_reduce(data, tensor, fabric)}
    rows = shape.sequences if shape.phase == "prefill" else shape.tokens
    logits = rows * (architecture.vocabulary * precision.activation_bytes) * facts.byte
    found["logits gather"] = all_gather(logits, tensor, fabric) / mapping.pp
    if routed is not None:
        found["expert exchange"] = (
            mixtures / mapping.pp * _exchange(routed, data / mapping.tp, mapping, precision, (fabric, facts))
        )
    found["stage send"] = send(data / mapping.tp, Group(mapping.pp, mapping.tp * mapping.dp), fabric)
    return found


def _counts(architecture: Architecture, mapping: Mapping) -> tuple[float, Num, FeedForward | None]:
    """Number of mixtures, of all-reduces over tp, and one mixture to size the exchange by."""
    mixtures, plain, shared = 0.0, 0.0, 0.0
    routed = None
    for group in architecture.layers:
        plain += group.count * ((group.attention.kind != "none") + (group.feed_forward.kind == "dense"))
        if group.feed_forward.kind == "moe":
            routed = group.feed_forward
            mixtures += group.count
            shared += group.count * (routed.shared_experts > 0)
    return mixtures, plain + ops.where(mapping.dp > 1.0, shared, mixtures), routed


def _exchange(
    routed: FeedForward, data: Num, mapping: Mapping, precision: Precision, stack: tuple[Fabric, EfficiencyFacts]
) -> Num:
    """Dispatch and combine of one mixture that the overlap leaves visible; nothing where tokens are everywhere."""
    fabric, facts = stack
    group = Group(mapping.tp * mapping.dp, 1.0)
    reached = mapping.ep * (1.0 - ops.power(1.0 - 1.0 / mapping.ep, float(routed.active_experts)))
    copies = reached * expert_shards(mapping)
    sent = 1.0 / precision.activation_bytes if precision.compute in EIGHT_BIT else 1.0
    both = all_to_all(data * copies * sent, group, fabric) + all_to_all(data * copies, group, fabric)
    shown = facts.expert_imbalance * (1.0 - facts.exchange_overlap)
    return ops.where(mapping.dp > 1.0, both * shown, 0.0)
