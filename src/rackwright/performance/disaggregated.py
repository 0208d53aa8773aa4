"""Serving by two pools of replicas: one prefills, one decodes, and the KV cache travels between them.

    X   = B / (OSL t_d)                    decode replica, TPOT = t_d                                 (1)
    X_p = u / T_p                          prefill replica at its highest mean utilisation u          (2)
    r   = X / X_p                          prefill replicas per decode replica                        (3)
    n   = n_d + r n_p                      accelerators of the unit                                   (4)

A prefill replica fills its passes with several prompts when they are short. A request waits for a prefill, and
its cache then goes over the scale-out network to the decode replica, all ranks sending their share at once:

    W    = u S (1 + c_in^2) / (2 (1 - u)),   S = dp T_p                                               (5)
    TTFT = W + L_p + C / B_out + a_out + t_d                                                          (6)

C is the cache of the input on one rank; of a cache that lies on every rank, as a latent does, each sends a copy to
its peer.
Percentiles as in `serve`. Pools of whole replicas are for the caller to round: fleets of hundreds of accelerators
come within a per cent of the matched ratio, small ones lose up to one replica.

Memory and `decode` are those of the decode replica; both pools' limits are returned.

References
----------
[1] Zhong et al., DistServe, OSDI 2024; Patel et al., Splitwise, ISCA 2024.
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num, field, record, replace
from rackwright.catalogue.records import Accelerator
from rackwright.fabric.records import Fabric
from rackwright.performance.efficiency import EfficiencyFacts
from rackwright.performance.memory import sequence_bytes, serving_memory
from rackwright.performance.passes import Engine, Phase, decode_step, make_engine, prefill_request
from rackwright.performance.queueing import mean_wait
from rackwright.performance.records import Mapping, Serving
from rackwright.performance.roofline import peak_rate
from rackwright.performance.serving import first_token_spread, held_memory
from rackwright.performance.serving_limits import latency_limits, mapping_limits, memory_limit
from rackwright.workload.records import Architecture, Precision, ServingDemand


@record
class Pools:
    """How replicas of the two pools are laid over accelerators."""

    prefill: Mapping = field("", "a replica that only prefills; its batch is not used")
    decode: Mapping = field("", "a replica that only decodes")


def serve_disaggregated(
    architecture: Architecture,
    demand: ServingDemand,
    precision: Precision,
    chip: Accelerator,
    fabric: Fabric,
    pools: Pools,
    facts: EfficiencyFacts,
) -> Serving:
    """Describe one decode replica with as many prefill replicas as feed it (a matched unit, not a whole number).

    Equations (1) to (6) of the module text; percentiles as in `serve`.
    """
    prefiller = make_engine(architecture, precision, chip, fabric, pools.prefill, facts)
    decoder = make_engine(architecture, precision, chip, fabric, pools.decode, facts)
    decode = decode_step(decoder, demand)
    new = ops.maximum(demand.input_tokens * (1.0 - demand.cached_share), 1.0)
    prefill = prefill_request(prefiller, demand, facts.chunk_tokens / new)
    rate = pools.decode.batch / (demand.output_tokens * decode.load)
    feeders = rate * prefill.load / facts.prefill_utilisation
    feeding = feeders * prefiller.accelerators
    accelerators = decoder.accelerators + feeding
    wait = mean_wait(facts.prefill_utilisation, pools.prefill.dp * prefill.load, demand.input_scv)
    work = prefill.latency.total + _transfer(prefiller, demand)
    first = wait + work + decode.load
    ttft = first + first_token_spread(wait, facts.prefill_utilisation, work, demand)
    idle = replace(pools.prefill, batch=pools.prefill.dp * pools.prefill.pp)
    decoding = held_memory(decoder, demand, 0.0)
    prefilling = _prefill_memory(prefiller, demand)
    flops, traffic = _use(prefill, decode, (feeding, decoder.accelerators), facts.prefill_utilisation)
    return Serving(
        accelerators=accelerators,
        request_rate=rate,
        ttft=ttft,
        ttft_mean=first,
        tpot=decode.load,
        tpot_mean=decode.load,
        prefill_share=feeding / accelerators,
        mfu=flops * facts.operation / peak_rate(chip, precision.compute),
        bandwidth_use=traffic * facts.byte / chip.memory_bandwidth,
        flops=flops * facts.operation,
        memory_traffic=traffic * facts.byte,
        prefill=prefill.latency,
        decode=decode.latency,
        memory=decoding,
        limits=(
            memory_limit(decoding.total, chip, facts, ", decode pool"),
            memory_limit(prefilling.total, chip, facts, ", prefill pool"),
            *latency_limits(ttft, decode.load, demand),
            *mapping_limits(architecture, pools.decode, fabric, ", decode pool"),
            *mapping_limits(architecture, idle, fabric, ", prefill pool"),
        ),
    )


def _transfer(engine: Engine, demand: ServingDemand) -> Num:
    """Time to send the cache of one input over the scale-out network [s]."""
    per_rank = sequence_bytes(engine.architecture, demand.input_tokens, engine.mapping, engine.precision)
    fabric = engine.fabric
    return fabric.scale_out_latency + per_rank * engine.facts.byte / fabric.scale_out_bandwidth


def _prefill_memory(engine: Engine, demand: ServingDemand) -> Breakdown:
    """A prefill rank holds the prompts of one pass and as many that wait for their transfer."""
    held = 2.0 * ops.maximum(engine.facts.chunk_tokens / demand.input_tokens, 1.0)
    parts = (held, demand.input_tokens)
    return serving_memory(engine.architecture, engine.mapping, engine.precision, engine.facts, parts)


def _use(prefill: Phase, decode: Phase, accelerators: tuple[Num, Num], utilisation: Num) -> tuple[Num, Num]:
    """Operations and bytes per second, averaged over the accelerators of both pools."""
    feeding, decoding = accelerators
    starts, steps = feeding * utilisation / prefill.load, decoding / decode.load
    whole = feeding + decoding
    flops = (starts * prefill.flops + steps * decode.flops) / whole
    return flops, (starts * prefill.traffic + steps * decode.traffic) / whole
