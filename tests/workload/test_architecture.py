"""Configs become architectures by their features; what cannot be read is said."""

import json

import pytest

from rackwright.base.errors import UnsupportedModelError
from rackwright.workload.architecture import architecture_of, gpt
from rackwright.workload.parameters import mtp_parameters, total_parameters

LLAMA = {
    "model_type": "llama",
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
    "vocab_size": 128256,
    "tie_word_embeddings": False,
}


def llama(**changes):
    return {key: value for key, value in {**LLAMA, **changes}.items() if value is not ...}


def counts(architecture):
    return [(g.count, g.attention.kind, g.attention.window, g.feed_forward.kind) for g in architecture.layers]


# Totals of public checkpoints of families that are not in the catalogue, from their model pages (recalled).
CHECKPOINTS = {
    "gpt2": ({"model_type": "gpt2", "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024,
              "vocab_size": 50257}, 124_439_808),
    "qwen2.5-72b": ({"model_type": "qwen2", "hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64,
                     "num_key_value_heads": 8, "intermediate_size": 29568, "vocab_size": 152064, "hidden_act": "silu",
                     "use_sliding_window": False, "sliding_window": 131072, "max_window_layers": 80,
                     "tie_word_embeddings": False}, 72_706_203_648),
    "mistral-7b": ({"model_type": "mistral", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32,
                    "num_key_value_heads": 8, "intermediate_size": 14336, "vocab_size": 32000, "hidden_act": "silu",
                    "sliding_window": 4096, "tie_word_embeddings": False}, 7_241_732_096),
    "gemma-2-9b": ({"model_type": "gemma2", "hidden_size": 3584, "num_hidden_layers": 42, "num_attention_heads": 16,
                    "num_key_value_heads": 8, "head_dim": 256, "intermediate_size": 14336, "vocab_size": 256000,
                    "hidden_act": "gelu_pytorch_tanh", "sliding_window": 4096}, 9_241_705_984),
    "gpt-neox-20b": ({"model_type": "gpt_neox", "hidden_size": 6144, "num_hidden_layers": 44, "num_attention_heads": 64,
                      "intermediate_size": 24576, "vocab_size": 50432, "hidden_act": "gelu_fast",
                      "tie_word_embeddings": False}, 20_554_567_680),
}  # fmt: skip


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_public_checkpoints_to_the_last_digit(name):
    config, count = CHECKPOINTS[name]
    assert total_parameters(architecture_of(config)) == count


def test_megatron_shapes_follow_the_papers_formula():
    layers, hidden, vocabulary, positions = 96, 12288, 51200, 2048
    formula = 12 * layers * hidden**2 * (1 + 13 / (12 * hidden) + (vocabulary + positions) / (12 * layers * hidden))
    assert total_parameters(gpt(layers, hidden, 96)) == pytest.approx(formula, rel=1e-6)


def test_a_path_a_folder_and_a_mapping_read_alike(tmp_path):
    file = tmp_path / "config.json"
    file.write_text(json.dumps(LLAMA), encoding="utf-8")
    totals = {total_parameters(architecture_of(source)) for source in (LLAMA, file, str(file), tmp_path)}
    assert len(totals) == 1


def test_spellings_are_unified():
    other = {"model_type": "llama", "n_embd": 4096, "n_layer": 32, "n_head": 32, "n_kv_heads": 8,
             "d_ff": 14336, "n_vocab": 128256}  # fmt: skip
    assert total_parameters(architecture_of(other)) == total_parameters(architecture_of(LLAMA))


def test_contradicting_spellings_are_refused():
    with pytest.raises(UnsupportedModelError, match="n_layer"):
        architecture_of(llama(n_layer=31))


def test_nested_text_models_are_found():
    outer = {"model_type": "some_vl", "tie_word_embeddings": True, "text_config": llama(tie_word_embeddings=...)}
    assert architecture_of(outer).tied_embeddings


def test_dense_prefix_and_shared_experts():
    config = llama(n_routed_experts=64, num_experts_per_tok=6, moe_intermediate_size=1408, n_shared_experts=2,
                   first_k_dense_replace=3)  # fmt: skip
    architecture = architecture_of(config)
    assert counts(architecture) == [(3, "gqa", 0, "dense"), (29, "gqa", 0, "moe")]
    mixture = architecture.layers[1].feed_forward
    assert (mixture.experts, mixture.active_experts, mixture.shared_experts, mixture.shared_width) == (64, 6, 2, 1408)


@pytest.mark.parametrize(
    ("changes", "sparse"),
    [
        ({"interleave_moe_layer_step": 2}, 16),
        ({"decoder_sparse_step": 4, "mlp_only_layers": [3]}, 7),
        ({"moe_layer_freq": [0, 1] * 16}, 16),
        ({"moe_layer_freq": 1, "first_k_dense_replace": 1}, 31),
        ({"mlp_layer_types": ["dense"] * 10 + ["sparse"] * 22}, 22),
        ({"moe_layers_enum": "1,2,3"}, 3),
        ({}, 32),
    ],
)
def test_which_layers_are_mixtures(changes, sparse):
    config = llama(num_experts=8, num_experts_per_tok=2, moe_intermediate_size=512, **changes)
    found = sum(g.count for g in architecture_of(config).layers if g.feed_forward.kind == "moe")
    assert found == sparse


@pytest.mark.parametrize(
    ("changes", "sliding"),
    [
        ({"sliding_window": 1024}, 32),
        ({"sliding_window": 1024, "use_sliding_window": False}, 0),
        ({"sliding_window": 1024, "use_sliding_window": True, "max_window_layers": 20}, 12),
        ({"sliding_window": 1024, "sliding_window_pattern": 4}, 24),
        ({"sliding_window": 1024, "layer_types": ["sliding_attention", "full_attention"] * 16}, 16),
        ({"sliding_window": 1024, "hybrid_layer_pattern": [0, 1, 1, 1] * 8}, 24),
        ({"attention_chunk_size": 8192, "no_rope_layers": [1, 1, 1, 0] * 8}, 24),
        ({"sliding_window": None}, 0),
    ],
)
def test_which_layers_slide(changes, sliding):
    found = sum(g.count for g in architecture_of(llama(**changes)).layers if g.attention.window)
    assert found == sliding


def test_multi_token_prediction_is_kept_apart():
    plain, more = architecture_of(LLAMA), architecture_of(llama(num_nextn_predict_layers=2))
    assert total_parameters(plain) == total_parameters(more)
    assert mtp_parameters(plain) == 0
    assert mtp_parameters(more) > 2 * 2 * 4096**2


def test_linear_attention_layers():
    config = llama(full_attention_interval=4, linear_num_value_heads=32, linear_num_key_heads=16,
                   linear_key_head_dim=128, linear_value_head_dim=128, linear_conv_kernel_dim=4)  # fmt: skip
    assert [(c, k) for c, k, _, _ in counts(architecture_of(config))] == [(24, "delta"), (8, "gqa")]


def test_mamba_blocks():
    config = llama(model_type="nemotron_h", num_hidden_layers=6, hybrid_override_pattern="M-M*ME", mamba_num_heads=64,
                   mamba_head_dim=64, ssm_state_size=128, n_groups=8, conv_kernel=4, n_routed_experts=16,
                   num_experts_per_tok=2, moe_intermediate_size=512)  # fmt: skip
    kinds = [(c, k, f) for c, k, _, f in counts(architecture_of(config))]
    assert kinds == [(3, "mamba", "none"), (1, "none", "dense"), (1, "gqa", "none"), (1, "none", "moe")]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ssm_cfg": {"layer": "Mamba1"}}, "ssm_cfg"),
        ({"mamba_dt_rank": 256}, "mamba_dt_rank"),
        ({"attn_layer_period": 8}, "attn_layer_period"),
        ({"linear_kernel_shape": 3}, "linear_kernel_shape"),
        ({"num_kv_shared_layers": 10}, "num_kv_shared_layers"),
        ({"hash_memory_size": 12}, "hash_memory_size"),
        ({"layer_types": ["retention"] * 32}, "retention"),
        ({"layer_types": ["full_attention"]}, "layer_types"),
        ({"layers_block_type": ["attention"] * 31 + ["zamba"]}, "zamba"),
        ({"hybrid_override_pattern": "M*"}, "2 blocks"),
        ({"hidden_act": "snake"}, "hidden_act"),
        ({"hidden_size": ...}, "hidden_size"),
        ({"hidden_size": -1}, "hidden_size"),
        ({"hidden_size": "big"}, "hidden_size"),
        ({"hidden_size": True}, "hidden_size"),
        ({"num_hidden_layers": 10**8}, "num_hidden_layers"),
        ({"num_hidden_layers": 2.5}, "num_hidden_layers"),
        ({"num_experts": 4, "num_experts_per_tok": 8}, "num_experts_per_tok"),
        ({"kv_lora_rank": 512}, "qk_nope_head_dim"),
    ],
)
def test_what_is_not_modelled_is_named(changes, named):
    with pytest.raises(UnsupportedModelError, match=named):
        architecture_of(llama(**changes))


def test_harmless_and_empty_keys_pass():
    config = llama(rope_theta=1e6, torch_dtype="bfloat16", attention_dropout=0.0, ssm_cfg=None, mamba_dt_rank=0)
    assert architecture_of(config).notes == ()


def test_an_unknown_but_innocent_key_is_noted():
    assert architecture_of(llama(favourite_colour="blue")).notes == ("config key `favourite_colour` is not read",)


def test_an_unknown_family_is_noted():
    assert "is not known" in architecture_of(llama(model_type="newcomer")).notes[0]


def test_multi_query_attention_stated_by_a_flag():
    attention = architecture_of(llama(num_key_value_heads=..., multi_query=True)).layers[0].attention
    assert (attention.heads, attention.kv_heads) == (32, 1)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe{}", b"[" * 5000])
def test_broken_files_are_refused(tmp_path, content):
    file = tmp_path / "config.json"
    file.write_bytes(content)
    with pytest.raises(UnsupportedModelError):
        architecture_of(file)


def test_missing_and_huge_files_are_refused(tmp_path):
    for path in (tmp_path / "nothing.json", "/dev/zero", tmp_path / "a\0b", tmp_path):
        with pytest.raises(UnsupportedModelError, match="no such file"):
            architecture_of(path)
    file = tmp_path / "config.json"
    file.write_bytes(b" " * 3_000_000)
    with pytest.raises(UnsupportedModelError, match="larger than"):
        architecture_of(file)
