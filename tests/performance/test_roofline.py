"""Kernel times: bounds that physics sets, limits, and dimensions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.record import Num, replace
from rackwright.base.trace import Traced, gradient
from rackwright.base.units import dimension
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.records import Accelerator
from rackwright.performance.efficiency import EfficiencyFacts, efficiency_table
from rackwright.performance.operators import decode_shape, model_operators, prefill_shape
from rackwright.performance.records import Mapping, Operator
from rackwright.performance.roofline import operator_time, peak_rate
from rackwright.workload.architecture import architecture_of
from rackwright.workload.models import models
from rackwright.workload.records import Precision

CHIPS = load_table("accelerators", Accelerator)
USABLE = [i for i in CHIPS.ids if CHIPS.one(i).peak_bf16 > 0.0 and CHIPS.one(i).memory_bandwidth > 0.0]
FACTS = efficiency_table().one("measured")
FORMATS = {
    "bf16": Precision("bf16", "bf16", "bf16", 2.0, 2.0, 2.0),
    "fp8": Precision("fp8", "fp8", "fp8", 1.0, 1.0, 2.0),
    "fp4": Precision("fp4", "fp4", "fp8", 0.5625, 1.0, 2.0),
    "int4": Precision("int4", "bf16", "bf16", 0.53, 2.0, 2.0),
}


def without_overheads(facts: EfficiencyFacts) -> EfficiencyFacts:
    names = [f"{family}_overhead" for family in ("gemm", "grouped", "prefill", "decode", "latent", "elementwise")]
    return replace(facts, **dict.fromkeys(names, 0.0))


def product(m: float, n: float, k: float, dtype: str = "bf16") -> Operator:
    moved = (2.0 * m * n * k, 2.0 * n * k, 2.0 * m * (n + k), 0.0)
    return Operator("product", "gemm", dtype, *moved, 1.0, m, n, k, 1.0)


@given(
    st.sampled_from(models().ids),
    st.sampled_from(USABLE),
    st.sampled_from(sorted(FORMATS)),
    st.sampled_from([1.0, 2.0, 8.0]),
    st.floats(1.0, 1e4),
    st.floats(1.0, 2e5),
    st.booleans(),
)
def test_no_kernel_beats_peak_rate_or_bandwidth(model, chip_id, formats, tp, tokens, context, decoding):
    chip, precision = CHIPS.one(chip_id), FORMATS[formats]
    shape = decode_shape(tokens, context) if decoding else prefill_shape(tokens, context)
    mapping = Mapping(tp, 1.0, 1.0, 1.0, 1.0)
    for operator in model_operators(architecture_of(model), shape, mapping, precision):
        time = operator_time(operator, chip, FACTS) / operator.count
        moved = operator.weight_bytes + operator.activation_bytes + operator.kv_bytes
        assert moved <= time * chip.memory_bandwidth
        if operator.flops:
            assert operator.flops <= time * peak_rate(chip, operator.dtype)


@given(st.floats(1.0, 1e5), st.floats(16.0, 1e5), st.floats(16.0, 1e5))
def test_twice_the_machine_takes_half_the_time_without_overheads(m, n, k):
    chip, facts = CHIPS.one("h100-sxm"), without_overheads(FACTS)
    twice = replace(chip, peak_bf16=2.0 * chip.peak_bf16, memory_bandwidth=2.0 * chip.memory_bandwidth)
    assert operator_time(product(m, n, k), twice, facts) == pytest.approx(
        0.5 * operator_time(product(m, n, k), chip, facts)
    )


@pytest.mark.parametrize(("chip", "best"), [("a100-80-sxm", 271.2e12), ("h100-sxm", 794.5e12)])
def test_large_products_reach_what_was_measured(chip, best):
    # Highest rate found over shapes in short runs: stas00/ml-engineering, compute/accelerator/README.md, MAMF table.
    burst = replace(FACTS, sustained_clock=1.0)
    time = operator_time(product(8192.0, 8192.0, 16384.0), CHIPS.one(chip), burst)
    assert 2.0 * 8192.0**2 * 16384.0 / time == pytest.approx(best, rel=0.08)


def test_one_row_streams_its_weights():
    chip = CHIPS.one("h200-sxm")
    time = operator_time(product(1.0, 16384.0, 16384.0), chip, without_overheads(FACTS))
    assert 2.0 * 16384.0**2 / time == pytest.approx(FACTS.gemm_bandwidth * chip.memory_bandwidth, rel=0.01)


def test_a_format_without_units_runs_as_the_next_wider_one():
    chip = CHIPS.one("a100-80-sxm")
    assert peak_rate(chip, "fp4") == peak_rate(chip, "fp8") == chip.peak_bf16
    assert peak_rate(CHIPS.one("b200-sxm"), "fp4") == 2.0 * peak_rate(CHIPS.one("b200-sxm"), "fp8")


def test_time_has_the_dimension_of_time_and_knows_its_facts():
    chip, facts = CHIPS.traced().one("h100-sxm"), efficiency_table().traced().one("measured")
    shape = decode_shape(64.0, 2000.0)
    total: Num = 0.0
    for operator in model_operators(
        architecture_of("deepseek-v3"), shape, Mapping(8.0, 1.0, 1.0, 1.0, 1.0), FORMATS["fp8"]
    ):
        total = total + operator_time(operator, chip, facts)
    assert isinstance(total, Traced)
    assert total.dimension == dimension("s")
    slopes = gradient(total)
    assert float(slopes["accelerators.h100-sxm.memory_bandwidth"][1]) < 0.0
    assert float(slopes["efficiency.measured.grouped_overhead"][1]) == pytest.approx(2.0 * 58.0)
