"""Serving memory against parameter counts and published cache sizes."""

from __future__ import annotations

import pytest

from rackwright.base.record import replace
from rackwright.performance.efficiency import efficiency_table
from rackwright.performance.memory import sequence_bytes, serving_memory, weight_bytes
from rackwright.performance.records import Mapping
from rackwright.workload.architecture import architecture_of
from rackwright.workload.cache import kv_cache_bytes
from rackwright.workload.models import models
from rackwright.workload.parameters import total_parameters
from rackwright.workload.records import Precision

SIXTEEN = Precision("bf16", "bf16", "bf16", 2.0, 2.0, 2.0)
ONE = Mapping(1.0, 1.0, 1.0, 1.0, 1.0)


@pytest.mark.parametrize("name", models().ids)
def test_one_rank_holds_every_parameter_and_every_cache_byte(name):
    architecture = architecture_of(name)
    assert weight_bytes(architecture, ONE, SIXTEEN) == pytest.approx(2.0 * total_parameters(architecture), rel=0.01)
    cache = sequence_bytes(architecture, 5000.0, ONE, SIXTEEN)
    assert cache == pytest.approx(kv_cache_bytes(architecture, 5000.0, 2.0), rel=0.002)


def test_published_cache_of_a_latent_and_of_a_grouped_query_model():
    # 70 kB per token of DeepSeek-V3 and 516 kB of Llama-3.1-405B in 16 bit: arXiv 2505.09343, table 1.
    assert sequence_bytes(architecture_of("deepseek-v3"), 1.0, ONE, SIXTEEN) == pytest.approx(70.272e3)
    assert sequence_bytes(architecture_of("llama-3.1-405b"), 1.0, ONE, SIXTEEN) == pytest.approx(516.096e3)


def test_wide_expert_parallelism_leaves_attention_on_every_rank():
    architecture = architecture_of("deepseek-v3")
    wide = weight_bytes(architecture, replace(ONE, dp=64.0, ep=64.0), SIXTEEN)
    experts = 58 * 256 * 3 * 7168 * 2048 * 2
    rest = weight_bytes(architecture, ONE, SIXTEEN) - experts
    assert wide == pytest.approx(rest + experts / 64.0)


def test_layers_that_do_not_divide_fill_one_stage_more():
    architecture = architecture_of("llama-3.1-405b")
    assert weight_bytes(architecture, replace(ONE, pp=4.0), SIXTEEN) == pytest.approx(
        2.0 * (32 * 3 * 16384 * 53248 + 32 * (2 * 16384**2 + 2 * 16384 * 1024) + 128256 * 16384), rel=0.001
    )


def test_parts_sum_to_the_whole():
    facts = efficiency_table().one("measured")
    memory = serving_memory(architecture_of("gpt-oss-120b"), ONE, SIXTEEN, facts, (10.0, 3000.0))
    assert memory.total == pytest.approx(sum(memory.values()))
    assert list(memory) == ["weights", "KV cache", "activations", "runtime"]
