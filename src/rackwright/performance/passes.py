"""One forward pass of a serving replica, and prefill and decode made of such passes."""

from __future__ import annotations

from dataclasses import dataclass

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num, replace
from rackwright.catalogue.records import Accelerator
from rackwright.fabric.records import Fabric
from rackwright.performance.efficiency import EfficiencyFacts
from rackwright.performance.memory import stage_share
from rackwright.performance.operators import decode_shape, model_operators
from rackwright.performance.records import Mapping, TokenShape
from rackwright.performance.roofline import Rates, kernel_time, rates_of
from rackwright.performance.serving_exchange import exchange_times
from rackwright.workload.records import Architecture, Precision, ServingDemand


@dataclass(frozen=True, slots=True)
class Engine:
    """A model on a replica: everything that the time of a forward pass depends on but the tokens."""

    architecture: Architecture
    precision: Precision
    chip: Accelerator
    fabric: Fabric
    mapping: Mapping
    facts: EfficiencyFacts
    rates: Rates

    @property
    def accelerators(self) -> Num:
        """Accelerators of one replica."""
        return self.mapping.tp * self.mapping.pp * self.mapping.dp


@dataclass(frozen=True, slots=True)
class Phase:
    """Prefill of one request, or one decode step.

    `latency` is what a request sees, by operator; `load` is how long the replica is kept busy by one request (prefill)
    or by one step of all sequences (decode); `flops` and `traffic` are counts per accelerator in that time; `passes`
    is the number of forward passes, `stage` the time of one pass on one pipeline stage.
    """

    latency: Breakdown
    load: Num
    flops: Num
    traffic: Num
    passes: Num
    stage: Num


def make_engine(
    architecture: Architecture,
    precision: Precision,
    chip: Accelerator,
    fabric: Fabric,
    mapping: Mapping,
    facts: EfficiencyFacts,
) -> Engine:
    """Put a model on a replica.

    References
    ----------
    See `Engine`.
    """
    return Engine(architecture, precision, chip, fabric, mapping, facts, rates_of(chip, facts))


def decode_step(engine: Engine, demand: ServingDemand) -> Phase:
    """One new token for every sequence in flight.

        b   = B / (dp pp)                        sequences of one attention replica in one stage          (1)
        t_s = fill (kernels + exchanges) + host                                                           (2)
        t_d = pp t_s                                                                                      (3)

    The B sequences go through the pipeline in pp micro-batches, so that every stage is busy. `fill` is the layers of
    the fullest stage over those of the mean stage. Each sequence holds, averaged over its tokens, the input and

        context = ISL + OSL (1 + c_out^2) / 2                                                             (4)

    tokens, because long answers hold the cache longer.
    """
    mapping = engine.mapping
    held = mean_context(demand)
    shape = decode_shape(mapping.batch / (mapping.dp * mapping.pp), held)
    parts, stage, flops, traffic = _pass(engine, shape)
    latency = Breakdown("s", {name: mapping.pp * part for name, part in parts.items()}, "Decode step")
    return Phase(latency, mapping.pp * stage, mapping.pp * flops, mapping.pp * traffic, mapping.pp, stage)


def mean_context(demand: ServingDemand) -> Num:
    """Tokens that a sequence in flight holds, averaged over time; L = ISL + OSL (1 + c_out^2) / 2 (1)."""
    return demand.input_tokens + 0.5 * demand.output_tokens * (1.0 + demand.output_scv)


def prefill_request(engine: Engine, demand: ServingDemand, together: Num) -> Phase:
    """Prefill of one request of mean length, worked off in passes of at most C tokens.

        n = ISL (1 - cached),   g = clip(together, 1, C/n),   passes = max(1, n g / C)                    (1)
        latency = passes pp t_s,   load = passes t_s / (g dp)                                             (2)

    `together` is how many requests each attention replica admits at once. All dp attention replicas prefill at the
    same time, and so do all pipeline stages, so that one request keeps the replica busy for `load` only. Tokens of
    long prompts attend to more keys: the mean is taken over tokens,

        context = past + (n (1 + c_in^2) + 1) / 2                                                         (3)
    """
    mapping, chunk = engine.mapping, engine.facts.chunk_tokens
    new = ops.maximum(demand.input_tokens * (1.0 - demand.cached_share), 1.0)
    group = ops.maximum(ops.minimum(together, chunk / new), 1.0)
    passes = ops.maximum(new * group / chunk, 1.0)
    per_pass = new / passes
    cached = demand.input_tokens * demand.cached_share
    past = cached + 0.5 * (new - per_pass)
    context = cached + 0.5 * (new * (1.0 + demand.input_scv) + 1.0)
    shape = TokenShape(per_pass * group, group, context, past, "prefill")
    parts, stage, flops, traffic = _pass(engine, shape)
    times = passes * mapping.pp
    latency = Breakdown("s", {name: times * part for name, part in parts.items()}, "Prefill")
    share = passes / (group * mapping.dp)
    return Phase(latency, share * stage, share * flops, share * traffic, passes, stage)


def _pass(engine: Engine, shape: TokenShape) -> tuple[dict[str, Num], Num, Num, Num]:
    """Time by operator, total time, operations and bytes of one pass on one rank of one stage.

    The busiest rank sets the pace of grouped products; operations are counted for the mean rank.
    """
    architecture, mapping, facts = engine.architecture, engine.mapping, engine.facts
    operators = model_operators(architecture, shape, mapping, engine.precision)
    fill = stage_share(architecture, mapping) * mapping.pp
    parts: dict[str, Num] = {}
    flops: Num = 0.0
    traffic: Num = 0.0
    uneven = ops.where(mapping.ep > 1.0, facts.expert_imbalance, 1.0)
    for operator in operators:
        timed = operator if operator.family != "grouped_gemm" else replace(operator, flops=operator.flops * uneven)
        time = fill * kernel_time(timed, engine.rates)
        parts[operator.name] = parts[operator.name] + time if operator.name in parts else time
        flops = flops + operator.count * operator.flops
        moved = operator.weight_bytes + operator.activation_bytes + operator.kv_bytes
        traffic = traffic + operator.count * moved
    parts.update(exchange_times(architecture, shape, mapping, engine.precision, engine.fabric, facts))
    parts["host"] = facts.step_overhead + architecture.depth / mapping.pp * facts.layer_overhead
    return parts, ops.summed(parts.values()), flops, traffic
