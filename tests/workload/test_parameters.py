"""Parameters, cache and operations: conservation, monotony, published numbers and dimensions."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.facts import Fact
from rackwright.base.trace import Traced
from rackwright.base.units import dimension
from rackwright.workload.architecture import architecture_of, gpt
from rackwright.workload.cache import cache_elements, kv_bytes_per_token, kv_cache_bytes, state_elements
from rackwright.workload.flops import attended_pairs, forward_flops, matmul_parameters, mixer_flops
from rackwright.workload.models import models
from rackwright.workload.parameters import (
    active_parameters,
    attention_parameters,
    expert_parameters,
    feed_forward_parameters,
    parameter_breakdown,
    router_parameters,
    shared_parameters,
    total_parameters,
)

NAMES = st.sampled_from(models().ids)


@pytest.mark.parametrize("name", models().ids)
def test_parts_sum_to_the_whole_and_none_is_negative(name):
    architecture = architecture_of(name)
    for active in (False, True):
        parts = parameter_breakdown(architecture, active)
        assert sum(parts.values()) == parts.total
        assert min(parts.values()) > 0
    assert active_parameters(architecture) <= total_parameters(architecture)


@given(name=NAMES)
def test_a_mixture_is_its_experts_router_and_shared_part(name):
    architecture = architecture_of(name)
    for group in architecture.layers:
        ff = group.feed_forward
        if ff.kind == "moe":
            parts = ff.experts * expert_parameters(ff, architecture.hidden)
            parts += shared_parameters(ff, architecture.hidden) + router_parameters(ff, architecture.hidden)
            assert feed_forward_parameters(ff, architecture.hidden) == parts


@given(name=NAMES)
def test_twice_the_layers_adds_their_parameters_once_more(name):
    architecture = architecture_of(name)
    doubled = dataclasses.replace(
        architecture, layers=tuple(dataclasses.replace(g, count=2 * g.count) for g in architecture.layers)
    )
    thrice = dataclasses.replace(
        architecture, layers=tuple(dataclasses.replace(g, count=3 * g.count) for g in architecture.layers)
    )
    one, two, three = (total_parameters(a) for a in (architecture, doubled, thrice))
    assert three - two == two - one > 0


@given(name=NAMES, context=st.integers(1, 2_000_000), more=st.integers(1, 100_000))
def test_the_cache_grows_with_context_and_never_faster_than_at_the_start(name, context, more):
    architecture = architecture_of(name)
    small, large = (kv_cache_bytes(architecture, float(n), 2.0) for n in (context, context + more))
    assert small <= large
    fixed = 2.0 * sum(g.count * state_elements(g.attention) for g in architecture.layers)
    if not any(g.attention.kind == "compressed" for g in architecture.layers):
        assert large - fixed <= kv_bytes_per_token(architecture, 2.0) * (context + more) * (1 + 1e-12)


def test_a_window_stops_the_cache():
    sliding = next(g.attention for g in architecture_of("gpt-oss-120b").layers if g.attention.window)
    assert cache_elements(sliding, 128.0) == cache_elements(sliding, 100_000.0) == 128 * 2 * 8 * 64


def test_compressed_attention_keeps_a_tenth_of_its_predecessors_cache_at_a_million_tokens():
    """The maker states 10 % of the predecessor's cache; ours counts both models with the same element size."""
    share = kv_cache_bytes(architecture_of("deepseek-v4-pro"), 1e6, 1.0) / kv_cache_bytes(
        architecture_of("deepseek-v3.2"), 1e6, 1.0
    )
    assert 0.05 < share < 0.15


@given(
    tokens=st.integers(1, 200), context=st.integers(0, 200), window=st.integers(0, 150)
)  # exact against the plain double loop
def test_attended_pairs_are_counted_exactly(tokens, context, window):
    counted = sum(min(p, window or p) for p in range(context + 1, context + tokens + 1))
    assert attended_pairs(float(tokens), float(context), float(window)) == counted


def test_gpt3_forward_operations_agree_with_the_published_formula():
    """Korthikanti et al. 2022, eq. 6: forward is a third of 72 B L s h^2 (1 + s / 6h + V / 12 L h), not causal."""
    layers, hidden, s, vocabulary = 96, 12288, 2048, 51200
    formula = 24 * layers * s * hidden**2 * (1 + s / (6 * hidden) + vocabulary / (12 * layers * hidden))
    architecture = gpt(layers, hidden, 96)
    causal_half = 2 * layers * s * s * hidden
    assert forward_flops(architecture, float(s)) + causal_half == pytest.approx(formula, rel=2e-3)


def test_training_405b_costs_the_published_operations():
    """The report states 3.8e25 operations for 15.6T tokens."""
    per_sequence = forward_flops(architecture_of("llama-3.1-405b"), 8192.0)
    assert 3 * per_sequence / 8192 * 15.6e12 == pytest.approx(3.8e25, rel=0.05)


@given(name=NAMES, tokens=st.integers(1, 10_000), context=st.integers(0, 100_000))
def test_operations_add_up_over_chunks(name, tokens, context):
    architecture = architecture_of(name)
    whole = forward_flops(architecture, 2.0 * tokens, float(context))
    halves = forward_flops(architecture, float(tokens), float(context))
    halves += forward_flops(architecture, float(tokens), float(context + tokens))
    assert whole == pytest.approx(halves, rel=1e-9)
    assert whole >= 2.0 * matmul_parameters(architecture) * 2.0 * tokens


@pytest.mark.parametrize("name", ["llama-3.1-8b", "deepseek-v4-flash", "nemotron-3-nano-30b", "kimi-k3", "gpt-oss-20b"])
def test_cache_bytes_have_the_dimension_of_bytes(name):
    fact = Fact("test.element.bytes", 2.0, 2.0, 2.0, "B", "B", "test", "", "definition")
    element = Traced.leaf(2.0, "B", fact, "element")
    kept = kv_cache_bytes(architecture_of(name), 1000.0, element)
    assert isinstance(kept, Traced)
    assert kept.dimension == dimension("B")


def test_every_mixer_costs_something():
    for name in models().ids:
        architecture = architecture_of(name)
        for group in architecture.layers:
            if group.attention.kind != "none":
                assert attention_parameters(group.attention, architecture.hidden) > 0
                assert mixer_flops(group.attention, 10.0, 100.0) > 0
