"""Serving by one pool of replicas with continuous batching: latency, throughput, memory, in steady state.

Decode step t_d and prefill load T_p per request come from `decode_step` and `prefill_request`. Prefills have the
right of way, so decoding gets the share 1 - rho of the time; with Little's law B = X OSL TPOT:

    rho  = X T_p                                                                                      (1)
    TPOT = t_d / (1 - rho) = t_d + B T_p / OSL                                                        (2)
    X    = B / (OSL t_d + B T_p)                                                                      (3)

Requests arrive at random (Poisson) at one of dp attention replicas, each an M/G/1 queue of prefills [1]. A
prefill shares every pass with one decode step of the stage:

    W    = rho S (1 + c_in^2) / (2 (1 - rho)),   S = dp T_p                                           (4)
    TTFT = W + t_s/2 + L_p + passes t_s,         L_p: latency of the passes, t_s: decode time per stage  (5)

At percentile q, with z the normal quantile, w_q the wait exceeded with probability 1 - q for an exponential tail
and a_q the prefill of a lognormal long prompt (both deviations are independent, so their squares add):

    TTFT_q = TTFT + sqrt(max(w_q - W, 0)^2 + ((exp(z s - s^2/2) - 1) (L_p + passes t_s))^2)           (6)
    TPOT_q = TPOT + z (B T_p / OSL) sqrt((1 + c_in^2) / B)                                            (7)

(7) because about B prefills interrupt one answer, their number Poisson. Memory has to hold the q-quantile of the
number in flight, b + z sqrt(b) on each attention replica with b = B / dp, and the request in prefill.

Mixed passes that stream weights once for prefill and decode together are counted as two passes: pessimistic by at
most one weight read per request. Context parallelism is not used in serving: `mapping.cp` is ignored.

References
----------
[1] Kleinrock, Queueing Systems I, 1975, section 5.7; Little, Operations Research 9, 1961.
"""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num
from rackwright.catalogue.records import Accelerator
from rackwright.fabric.records import Fabric
from rackwright.performance.efficiency import EfficiencyFacts
from rackwright.performance.memory import serving_memory
from rackwright.performance.passes import Engine, decode_step, make_engine, mean_context, prefill_request
from rackwright.performance.queueing import (
    lognormal_ratio,
    mean_wait,
    normal_quantile,
    poisson_quantile,
    wait_quantile,
)
from rackwright.performance.records import Mapping, Serving
from rackwright.performance.roofline import peak_rate
from rackwright.performance.serving_limits import latency_limits, mapping_limits, memory_limit
from rackwright.workload.records import Architecture, Precision, ServingDemand


def serve(
    architecture: Architecture,
    demand: ServingDemand,
    precision: Precision,
    chip: Accelerator,
    fabric: Fabric,
    mapping: Mapping,
    facts: EfficiencyFacts,
) -> Serving:
    """Describe one replica that prefills and decodes by turns, B = `mapping.batch` sequences in flight.

    Equations (1) to (7) of the module text. `mfu` counts the model's operations against the peak rate of the compute
    format.

    Parameters
    ----------
    architecture, precision : plain
    demand, chip, fabric, mapping, facts : numbers or (designs, 1)
    """
    engine = make_engine(architecture, precision, chip, fabric, mapping, facts)
    decode = decode_step(engine, demand)
    slots = mapping.batch / (mapping.dp * mapping.pp)
    prefill = prefill_request(engine, demand, slots / demand.output_tokens)
    stalled = mapping.batch * prefill.load / demand.output_tokens
    tpot = decode.load + stalled
    rate = mapping.batch / (demand.output_tokens * tpot)
    share = rate * prefill.load
    z = normal_quantile(demand.percentile)
    late = z * stalled * ops.sqrt((1.0 + demand.input_scv) / mapping.batch)
    wait = mean_wait(share, mapping.dp * prefill.load, demand.input_scv)
    work = prefill.latency.total + prefill.passes * decode.stage
    first = wait + 0.5 * decode.stage + work
    ttft = first + first_token_spread(wait, share, work, demand)
    memory = held_memory(engine, demand)
    limits = (
        memory_limit(memory.total, chip, facts),
        *latency_limits(ttft, tpot + late, demand),
        *mapping_limits(architecture, mapping, fabric),
    )
    steps = rate * demand.output_tokens / mapping.batch
    flops = (rate * prefill.flops + steps * decode.flops) * facts.operation
    traffic = (rate * prefill.traffic + steps * decode.traffic) * facts.byte
    return Serving(
        accelerators=engine.accelerators,
        request_rate=rate,
        ttft=ttft,
        ttft_mean=first,
        tpot=tpot + late,
        tpot_mean=tpot,
        prefill_share=share,
        mfu=flops / peak_rate(chip, precision.compute),
        bandwidth_use=traffic / chip.memory_bandwidth,
        flops=flops,
        memory_traffic=traffic,
        prefill=prefill.latency,
        decode=decode.latency,
        memory=memory,
        limits=limits,
    )


def first_token_spread(wait: Num, utilisation: Num, work: Num, demand: ServingDemand) -> Num:
    """Time to first token at the percentile over its mean [s].

    d = sqrt(max(w_q - W, 0)^2 + ((r_q - 1) T)^2)     (1)

    w_q: quantile of the wait; r_q: lognormal quantile of the input length over its mean; T: time in prefill.
    """
    queued = ops.maximum(wait_quantile(wait, utilisation, demand.percentile) - wait, 0.0)
    longer = (lognormal_ratio(normal_quantile(demand.percentile), demand.input_scv) - 1.0) * work
    return ops.sqrt(queued * queued + longer * longer)


def held_memory(engine: Engine, demand: ServingDemand, in_prefill: Num = 1.0) -> Breakdown:
    """Memory of one rank that holds the percentile of the sequences in flight, b + z sqrt(b) + prefill (1) [B]."""
    z = normal_quantile(demand.percentile)
    held = poisson_quantile(engine.mapping.batch / engine.mapping.dp, z) + in_prefill
    tokens = mean_context(demand)
    return serving_memory(engine.architecture, engine.mapping, engine.precision, engine.facts, (held, tokens))
