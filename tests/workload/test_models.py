"""Every catalogue model against what is published about it."""

import math

import pytest

from rackwright.base.errors import UnknownNameError
from rackwright.workload.architecture import architecture_of
from rackwright.workload.cache import kv_bytes_per_token
from rackwright.workload.models import model_config, models
from rackwright.workload.parameters import active_parameters, mtp_parameters, total_parameters

TOLERANCE = 0.01

# Published to two digits only; the decoder and its multi-token-prediction layer together are compared instead.
ROUNDED = {"deepseek-v4-pro"}

# Counted tensor by tensor from the checkpoint's headers, or stated by the maker to the last digit.
EXACT = {
    "kimi-k2": 1_026_408_232_448,
    "llama-3.1-8b": 8_030_261_248,
    "llama-3.1-70b": 70_553_706_496,
    "llama-3.1-405b": 405_853_388_800,
    "llama-2-7b": 6_738_415_616,
    "llama-2-70b": 68_976_648_192,
    "mixtral-8x7b": 46_702_792_704,
    "qwen3-8b": 8_190_735_360,
    "gpt-oss-20b": 20_914_757_184,
    "gpt-oss-120b": 116_829_156_672,
}

# Bytes of one token at two bytes per element, before any window cuts the cache off.
KV_BYTES = {
    "llama-3.1-70b": 327_680,
    "llama-3.1-405b": 516_096,
    "gpt3-175b": 4_718_592,
    "deepseek-v3": 70_272,
    "kimi-k2": 70_272,
    "kimi-k3": 27_648,
    "qwen3-235b-a22b": 192_512,
    "qwen3.5-397b-a17b": 30_720,
    "gpt-oss-120b": 73_728,
    "gemma-3-27b": 507_904,
    "glm-4.5": 376_832,
    "nemotron-3-super-120b": 8_192,
    "nemotron-h-56b": 40_960,
    "minimax-m2.5": 253_952,
    "step-3.7-flash": 184_320,
}


@pytest.mark.parametrize("name", models().ids)
def test_parameters_within_one_per_cent_of_the_published(name):
    facts = models().one(name)
    beside = 0.0 if math.isnan(facts.other_parameters) else facts.other_parameters
    architecture = architecture_of(name)
    computed = total_parameters(architecture) + beside
    if name in ROUNDED:
        assert abs(computed / facts.parameters - 1) > TOLERANCE, "no exception is needed any more"
        computed += mtp_parameters(architecture)
    assert computed == pytest.approx(facts.parameters, rel=TOLERANCE)


@pytest.mark.parametrize("name", models().ids)
def test_active_parameters_agree_with_the_published(name):
    """Makers count with or without embeddings, so the published number lies between the two counts, or nearly so."""
    architecture = architecture_of(name)
    active = active_parameters(architecture)
    ends = (1 if architecture.tied_embeddings else 2) * architecture.vocabulary * architecture.hidden
    published = models().one(name).active_parameters
    assert 0.93 * (active - ends) <= published <= 1.03 * active


@pytest.mark.parametrize(("name", "count"), EXACT.items())
def test_parameters_to_the_last_digit(name, count):
    assert total_parameters(architecture_of(name)) == count


def test_a_public_constant_is_met_but_for_the_router_biases():
    architecture = architecture_of("glm-4.5-air")
    biases = sum(g.count * g.feed_forward.experts for g in architecture.layers if g.feed_forward.router_bias)
    assert total_parameters(architecture) - biases == 106_852_245_504


@pytest.mark.parametrize(("name", "expected"), KV_BYTES.items())
def test_kv_bytes_per_token(name, expected):
    assert kv_bytes_per_token(architecture_of(name), 2.0) == expected


@pytest.mark.parametrize("name", models().ids)
def test_depth_is_the_configs(name):
    config = model_config(name)
    blocks = config.get("hybrid_override_pattern") or config.get("layers_block_type")
    assert architecture_of(name).depth == (
        len(blocks) if blocks else config.get("num_hidden_layers", config.get("n_layer"))
    )


def test_no_config_key_of_the_catalogue_is_left_unread():
    assert {
        name: architecture_of(name).notes for name in models().ids if "not read" in str(architecture_of(name).notes)
    } == {}


def test_every_model_cites_its_config():
    table = models()
    for name in table.ids:
        assert table.text(name, "config_source")
        assert table.text(name, "vendor")


def test_unknown_model_names_the_nearest():
    with pytest.raises(UnknownNameError, match="llama-3.1-70b"):
        architecture_of("llama-3.1-70")
