"""Operators against the architecture's own count of arithmetic, and how they scale with the mapping."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.record import replace
from rackwright.performance.operators import attended, decode_shape, model_operators, prefill_shape
from rackwright.performance.records import Mapping, TokenShape
from rackwright.performance.roofline import bytes_of, flops_of
from rackwright.workload.architecture import architecture_of
from rackwright.workload.flops import attended_pairs, forward_flops
from rackwright.workload.models import models
from rackwright.workload.parameters import parameter_breakdown
from rackwright.workload.records import Precision

SIXTEEN = Precision("bf16", "bf16", "bf16", 2.0, 2.0, 2.0)
ONE = Mapping(1.0, 1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("name", models().ids)
def test_arithmetic_equals_the_count_of_the_architecture(name: str) -> None:
    architecture = replace(architecture_of(name), mtp_layers=())
    tokens = 4096.0
    shape = TokenShape(tokens, 1.0, (tokens + 1) / 2, 0.0, "training")
    counted = flops_of(model_operators(architecture, shape, ONE, SIXTEEN))
    assert counted == pytest.approx(forward_flops(architecture, tokens), rel=0.01)


@pytest.mark.parametrize("name", models().ids)
def test_decode_of_a_full_batch_reads_every_weight_once(name: str) -> None:
    architecture = architecture_of(name)
    operators = model_operators(architecture, decode_shape(1e6, 1.0), ONE, SIXTEEN)
    read = sum(o.count * o.weight_bytes for o in operators) / 2.0
    parts = parameter_breakdown(architecture)
    looked_up = float(parts.get("positions", 0.0)) + (
        0.0 if architecture.tied_embeddings else float(parts["embedding"])
    )
    assert read == pytest.approx(float(parts.total) - looked_up, rel=0.01)


def test_tensor_and_pipeline_parallelism_split_the_work() -> None:
    architecture = architecture_of("llama-3.1-70b")
    shape = decode_shape(64.0, 2000.0)
    whole = flops_of(model_operators(architecture, shape, ONE, SIXTEEN))
    split = flops_of(model_operators(architecture, shape, replace(ONE, tp=8.0, pp=2.0), SIXTEEN))
    assert split == pytest.approx(whole / 16.0)


def test_key_value_heads_are_replicated_beyond_their_number() -> None:
    architecture = architecture_of("llama-3.1-70b")
    shape = decode_shape(64.0, 8000.0)

    def cache(tp: float) -> float:
        return sum(o.count * o.kv_bytes for o in model_operators(architecture, shape, replace(ONE, tp=tp), SIXTEEN))

    assert cache(8.0) == pytest.approx(cache(1.0) / 8.0)
    assert cache(16.0) == pytest.approx(cache(8.0))


def test_experts_spread_over_ranks_without_loss() -> None:
    architecture = architecture_of("deepseek-v3")
    shape = decode_shape(64.0, 2000.0)
    for ep in (1.0, 8.0, 64.0):
        mapping = replace(ONE, tp=2.0, dp=32.0, ep=ep)
        routed = [o for o in model_operators(architecture, shape, mapping, SIXTEEN) if o.family == "grouped_gemm"]
        everywhere = sum(64.0 * o.count * o.flops for o in routed)
        per_token = 58 * 8 * 3 * 2 * 7168 * 2048
        assert everywhere == pytest.approx(per_token * 64.0 * 32.0)


def test_latent_attention_reads_the_latent_in_decode() -> None:
    operators = model_operators(architecture_of("deepseek-v3"), decode_shape(1.0, 5000.0), ONE, SIXTEEN)
    core = next(o for o in operators if o.name == "attention")
    assert core.kv_bytes == pytest.approx(576 * 2 * 5001)
    assert core.flops == pytest.approx(2 * 5000 * 128 * (576 + 512))


@given(st.integers(1, 5000), st.integers(0, 20000), st.integers(0, 3000))
def test_windows_attend_to_what_a_sum_over_positions_gives(new: int, past: int, window: int) -> None:
    shape = prefill_shape(float(new), float(past))
    expected = float(attended_pairs(float(new), float(past), float(window))) / new
    assert attended(shape, window) == pytest.approx(expected, rel=1e-9)


@given(st.floats(1.0, 1e4), st.floats(1.0, 1e4))
def test_a_larger_batch_never_moves_or_computes_less(first: float, second: float) -> None:
    few, many = sorted((first, second))
    architecture = architecture_of("qwen3-235b-a22b")
    low = model_operators(architecture, decode_shape(few, 1000.0), ONE, SIXTEEN)
    high = model_operators(architecture, decode_shape(many, 1000.0), ONE, SIXTEEN)
    assert flops_of(low) <= flops_of(high) * (1 + 1e-12)
    assert bytes_of(low) <= bytes_of(high) * (1 + 1e-12)
