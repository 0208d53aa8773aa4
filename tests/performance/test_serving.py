"""Serving in steady state: consistent with itself, with queueing, and with published services."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rackwright.base.record import replace
from rackwright.base.trace import Traced, gradient, untraced
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.records import Accelerator
from rackwright.fabric.fabric import reached_fabric
from rackwright.fabric.records import Fabric
from rackwright.performance.disaggregated import Pools, serve_disaggregated
from rackwright.performance.efficiency import efficiency_table
from rackwright.performance.records import Mapping, Serving
from rackwright.performance.serving import serve
from rackwright.workload.architecture import architecture_of
from rackwright.workload.models import models
from rackwright.workload.records import Architecture, Precision, ServingDemand
from serving_rows import PRECISIONS, demand_of, fabric_of

CHIPS = load_table("accelerators", Accelerator)
USABLE = [
    i
    for i in CHIPS.ids
    if CHIPS.one(i).peak_bf16 > 0 and CHIPS.one(i).memory_bandwidth > 0 and CHIPS.one(i).scale_up_bandwidth > 0
]
FACTS = efficiency_table().one("measured")
FP8 = PRECISIONS["fp8"]
CHAT = ServingDemand(1.0, 1.0, 1.0, 1.0, 2000.0, 1.0, 400.0, 1.0, 0.2, 1.0, 0.05, 0.95)
EIGHT = Mapping(8.0, 1.0, 1.0, 1.0, 1.0, batch=64.0)
LLAMA = architecture_of("llama-3.1-70b")

batches = st.sampled_from([1.0, 2.0, 8.0, 32.0, 200.0, 3000.0])


def run(
    mapping: Mapping = EIGHT,
    demand: ServingDemand = CHAT,
    architecture: Architecture = LLAMA,
    chip: str = "h100-sxm",
    precision: Precision = FP8,
) -> Serving:
    return serve(architecture, demand, precision, CHIPS.one(chip), fabric_of(chip), mapping, FACTS)


@given(batches, st.sampled_from([1.0, 2.0, 4.0]), st.floats(50.0, 30000.0), st.floats(2.0, 4000.0), st.floats(0.0, 0.9))
def test_littles_law_and_the_share_of_prefill(batch, pp, isl, osl, cached):
    demand = replace(CHAT, input_tokens=isl, output_tokens=osl, cached_share=cached)
    found = run(replace(EIGHT, pp=pp, batch=batch), demand)
    assert found.request_rate * osl * found.tpot_mean == pytest.approx(batch)
    assert found.tpot_mean * (1.0 - found.prefill_share) == pytest.approx(found.decode.total)
    assert 0.0 < found.prefill_share < 1.0


@given(batches, batches)
def test_a_larger_batch_answers_more_and_every_token_later(first, second):
    few, many = sorted((first, second))
    small, large = run(replace(EIGHT, batch=few)), run(replace(EIGHT, batch=many))
    assert small.tpot_mean <= large.tpot_mean * (1 + 1e-12)
    assert small.request_rate <= large.request_rate * (1 + 1e-9)
    assert small.memory.total <= large.memory.total


@given(batches, st.sampled_from(["memory_bandwidth", "peak_fp8", "peak_bf16"]))
def test_a_faster_chip_answers_no_less(batch, rate):
    chip, fabric = CHIPS.one("h200-sxm"), fabric_of("h200-sxm")
    faster = replace(chip, **{rate: 1.5 * getattr(chip, rate)})
    mapping = replace(EIGHT, batch=batch)
    slow = serve(LLAMA, CHAT, FP8, chip, fabric, mapping, FACTS)
    fast = serve(LLAMA, CHAT, FP8, faster, fabric, mapping, FACTS)
    assert fast.request_rate >= slow.request_rate
    assert fast.tpot_mean <= slow.tpot_mean
    assert fast.prefill.total <= slow.prefill.total


def test_time_to_first_token_diverges_as_prefill_fills_the_machine():
    shares, waits = [], []
    for batch in (1.0, 30.0, 1e3, 1e5):
        found = run(replace(EIGHT, batch=batch), replace(CHAT, input_tokens=8000.0, output_tokens=1.0))
        shares.append(found.prefill_share)
        waits.append(found.ttft_mean)
    assert sorted(shares) == shares
    assert shares[-1] > 0.98
    assert waits[-1] > 15.0 * waits[0]


def test_percentiles_are_above_the_mean_and_grow():
    middling, strict = run(demand=replace(CHAT, percentile=0.9)), run(demand=replace(CHAT, percentile=0.99))
    assert middling.ttft_mean < middling.ttft < strict.ttft
    assert middling.tpot_mean < middling.tpot < strict.tpot
    assert middling.memory["KV cache"] < strict.memory["KV cache"]


def test_twice_the_machine_takes_half_the_time_without_overheads():
    zero = dict.fromkeys(EFFICIENCY_TIMES, 0.0)
    facts = replace(FACTS, **zero)
    chip, fabric = CHIPS.one("h100-sxm"), fabric_of("h100-sxm")
    rates = ("peak_bf16", "peak_fp8", "memory_bandwidth")
    twice = replace(chip, **{name: 2.0 * getattr(chip, name) for name in rates})
    plain = Fabric(8.0, fabric.scale_up_bandwidth, 0.0, fabric.scale_out_bandwidth, 0.0)
    wider = Fabric(8.0, 2.0 * fabric.scale_up_bandwidth, 0.0, 2.0 * fabric.scale_out_bandwidth, 0.0)
    slow = serve(LLAMA, CHAT, FP8, chip, plain, EIGHT, facts)
    fast = serve(LLAMA, CHAT, FP8, twice, wider, EIGHT, facts)
    assert fast.request_rate == pytest.approx(2.0 * slow.request_rate)
    assert fast.ttft == pytest.approx(0.5 * slow.ttft)


EFFICIENCY_TIMES = (
    "gemm_overhead",
    "grouped_overhead",
    "prefill_overhead",
    "decode_overhead",
    "latent_overhead",
    "elementwise_overhead",
    "step_overhead",
)


@given(
    st.sampled_from(models().ids),
    st.sampled_from(USABLE),
    st.sampled_from(sorted(PRECISIONS)),
    st.sampled_from([1.0, 2.0, 8.0, 16.0]),
    st.sampled_from([1.0, 2.0, 4.0]),
    st.sampled_from([1.0, 8.0]),
    batches,
    st.floats(1.0, 1e5),
    st.floats(1.0, 1e4),
)
def test_use_of_peak_and_bandwidth_never_exceeds_one(model, chip, precision, tp, pp, dp, batch, isl, osl):
    mapping = Mapping(tp, pp, dp, 1.0, dp, batch=batch * dp * pp)
    demand = replace(CHAT, input_tokens=isl, output_tokens=osl)
    found = serve(
        architecture_of(model), demand, PRECISIONS[precision], CHIPS.one(chip), fabric_of(chip), mapping, FACTS
    )
    assert 0.0 < found.mfu <= 1.0
    assert 0.0 < found.bandwidth_use <= 1.0
    for number in (found.ttft, found.tpot, found.request_rate, found.memory.total):
        assert np.isfinite(number)
        assert number > 0.0


def test_parts_sum_to_their_wholes():
    found = run(replace(EIGHT, pp=2.0))
    for whole in (found.prefill, found.decode, found.memory):
        assert whole.total == pytest.approx(sum(whole.values()))
        assert all(part >= 0.0 for part in whole.values())


def test_a_block_gives_what_its_designs_give():
    batch = np.array([[8.0], [64.0], [256.0]])
    tp = np.array([[2.0], [4.0], [8.0]])
    block = run(replace(EIGHT, batch=batch, tp=tp))
    assert block.request_rate.shape == (3, 1)
    for row in range(3):
        one = run(replace(EIGHT, batch=float(batch[row, 0]), tp=float(tp[row, 0])))
        assert block.ttft[row, 0] == pytest.approx(one.ttft)
        assert block.request_rate[row, 0] == pytest.approx(one.request_rate)
        for left, right in zip(block.limits, one.limits, strict=True):
            assert np.broadcast_to(left.margin, (3, 1))[row, 0] == pytest.approx(right.margin)


def broken(found: Serving) -> set[str]:
    return {limit.name for limit in found.limits if np.any(np.asarray(limit.margin) < 0.0)}


def test_limits_name_what_a_mapping_breaks():
    easy = replace(CHAT, ttft_target=100.0, tpot_target=1.0)
    assert broken(run(demand=easy)) == set()
    assert "memory per accelerator" in broken(run(replace(EIGHT, tp=1.0), easy, precision=PRECISIONS["bf16"]))
    assert "64 heads divided by tensor-parallel ways" in broken(run(replace(EIGHT, tp=6.0), easy))
    assert "tensor-parallel ways inside the scale-up domain" in broken(run(replace(EIGHT, tp=16.0), easy))
    assert "pipeline stages against layers" in broken(run(replace(EIGHT, pp=100.0, batch=1000.0), easy))
    assert "sequences per attention replica and stage" in broken(run(replace(EIGHT, pp=4.0, batch=2.0), easy))
    assert "expert-parallel ways against accelerators of a stage" in broken(run(replace(EIGHT, ep=8.0), easy))
    assert "time to first token" in broken(run(demand=replace(easy, ttft_target=0.01)))
    deepseek = architecture_of("deepseek-v3")
    many = replace(EIGHT, tp=1.0, dp=512.0, ep=512.0, batch=5120.0)
    assert "expert-parallel ways against 256 experts" in broken(run(many, easy, deepseek))


def test_an_exact_prefill_only_service_is_bound_by_its_prefill():
    found = run(replace(EIGHT, batch=1e6), replace(CHAT, output_tokens=1.0))
    work = 2.0 * 70.6e9 * 1600.0 * found.request_rate
    assert work == pytest.approx(found.flops * found.accelerators, rel=0.12)


def traced_fabric(chip: Accelerator) -> Fabric:
    from rackwright.fabric.records import NetworkFacts

    facts = load_table("network_facts", NetworkFacts).traced().one("nvlink4")
    return reached_fabric(chip.scale_up_domain, chip.scale_up_bandwidth, chip.scale_out_bandwidth, facts)


@pytest.mark.parametrize("model", ["llama-3.1-70b", "deepseek-v3", "gpt-oss-120b", "qwen3.5-397b-a17b"])
def test_every_result_has_its_dimension_and_exact_slopes(model):
    chip, facts = CHIPS.traced().one("h100-sxm"), efficiency_table().traced().one("measured")
    fabric = traced_fabric(chip)
    wide = Mapping(2.0, 2.0, 8.0, 1.0, 4.0, batch=64.0)
    architecture = architecture_of(model)
    found = serve(architecture, CHAT, FP8, chip, fabric, wide, facts)
    apart = serve_disaggregated(architecture, CHAT, FP8, chip, fabric, Pools(wide, wide), facts)
    for result in (found, apart):
        assert isinstance(result.ttft, Traced)
        assert isinstance(result.flops, Traced)
        for limit in result.limits:
            assert np.isfinite(untraced(limit.value)) or limit.unit == "s"
    key = "accelerators.h100-sxm.memory_bandwidth"
    slope = float(gradient(found.request_rate)[key][1])
    step = 1e-5
    plain = CHIPS.one("h100-sxm")

    def rate(factor: float) -> float:
        faster = replace(plain, memory_bandwidth=plain.memory_bandwidth * factor)
        return float(serve(architecture, CHAT, FP8, faster, untraced_fabric(fabric), wide, FACTS).request_rate)

    numeric = (rate(1 + step) - rate(1 - step)) / (2 * step * plain.memory_bandwidth)
    assert slope == pytest.approx(numeric, rel=1e-3)


def untraced_fabric(fabric: Fabric) -> Fabric:
    from rackwright.base.record import fields_of

    return Fabric(**{f.name: untraced(getattr(fabric, f.name)) for f in fields_of(fabric)})


def deepseek_service(sequences: float) -> Serving:
    """The service DeepSeek described: H800, prefill over 32 and decode over 144 ranks, no tuning.

    Input 608e9 and output 168e9 tokens a day, 56.3 % of the input found in the cache, mean length while decoding 4,989.
    """
    output = 4989.0 / (608.0 / 168.0 + 1.0)
    demand = ServingDemand(1.0, 1.0, 1.0, 1.0, 608.0 / 168.0 * output, 1.0, output, 1.0, 0.563, np.inf, np.inf, 0.5)
    precision = Precision("fp8", "fp8", "bf16", 1.0, 2.0, 2.0)
    prefill, decode = Mapping(1.0, 1.0, 32.0, 1.0, 32.0), Mapping(1.0, 1.0, 144.0, 1.0, 144.0, batch=144.0 * sequences)
    architecture = architecture_of("deepseek-v3")
    pools = Pools(prefill, decode)
    return serve_disaggregated(
        architecture, demand, precision, CHIPS.one("h800-sxm"), fabric_of("h800-sxm"), pools, FACTS
    )


def test_a_published_disaggregated_service_is_met_to_first_order():
    # deepseek-ai/open-infra-index, day 6: 73.7k input (cache hits included) and 14.8k output tokens/s per node of 8,
    # 20-22 tokens/s per user: 14,800 / 8 / 21 = 88 sequences per accelerator.
    found = deepseek_service(88.0)
    output = 4989.0 / (608.0 / 168.0 + 1.0)
    prefilling = found.accelerators * found.prefill_share
    nodes, decoding = prefilling / 8.0, (found.accelerators - prefilling) / 8.0
    assert found.request_rate * 608.0 / 168.0 * output / nodes == pytest.approx(73.7e3, rel=0.25)
    assert found.request_rate * output / decoding == pytest.approx(14.8e3, rel=0.25)


@given(st.sampled_from([8.0, 64.0, 128.0]), st.floats(100.0, 20000.0))
def test_pools_are_matched(sequences, isl):
    mapping = replace(EIGHT, batch=sequences)
    chip, fabric = CHIPS.one("h200-sxm"), fabric_of("h200-sxm")
    demand = replace(CHAT, input_tokens=isl)
    found = serve_disaggregated(LLAMA, demand, FP8, chip, fabric, Pools(EIGHT, mapping), FACTS)
    assume(found.prefill_share < 1.0)
    assert found.request_rate * demand.output_tokens * found.tpot_mean == pytest.approx(sequences)
    assert found.accelerators * (1.0 - found.prefill_share) == pytest.approx(8.0)
    assert found.mfu <= 1.0
    assert found.bandwidth_use <= 1.0


def test_a_slower_network_delays_the_first_token_of_separate_pools():
    chip, fabric = CHIPS.one("h200-sxm"), fabric_of("h200-sxm")
    slow = replace(fabric, scale_out_bandwidth=0.1 * fabric.scale_out_bandwidth)
    pools = Pools(EIGHT, EIGHT)
    near = serve_disaggregated(LLAMA, CHAT, FP8, chip, fabric, pools, FACTS)
    far = serve_disaggregated(LLAMA, CHAT, FP8, chip, slow, pools, FACTS)
    cache = 2000.0 * 80 * 2 * 128
    expected = 9.0 * cache / fabric.scale_out_bandwidth
    assert far.ttft_mean - near.ttft_mean == pytest.approx(expected)
    assert far.request_rate == near.request_rate


def test_fixed_lengths_need_no_more_than_the_helper_demand():
    assert demand_of(10.0, 20.0).input_scv == 0.0
