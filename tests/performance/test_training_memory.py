"""Training memory against Korthikanti et al., and its laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.training_accuracy import BF16, machine, software
from rackwright.performance.records import Mapping
from rackwright.performance.training_memory import layer_activations, parameters, training_memory
from rackwright.performance.training_run import Run
from rackwright.workload.architecture import architecture_of, gpt
from rackwright.workload.parameters import total_parameters
from rackwright.workload.records import Architecture, TrainingJob

GIB = 2.0**30
CHIP, FABRIC = machine("(Selene)")
MODELS = {"22B": (48, 6144, 64), "175B": (96, 12288, 96), "530B": (105, 20480, 128), "1T": (128, 25600, 160)}
LAYOUTS = {"22B": (1, 1, 4, 4), "175B": (8, 3, 1, 64), "530B": (35, 3, 1, 280), "1T": (64, 1, 1, 512)}


def run_of(model: str, recompute: float, sequence_parallel: float, **changes: float) -> Run:
    pp, interleave, micro_batch, batch = LAYOUTS[model]
    layout = {
        "tp": 8.0, "pp": float(pp), "ep": 1.0, "cp": 1.0, "dp": 1.0, "micro_batch": float(micro_batch),
        "interleave": float(interleave), "zero_stage": 0.0,
    }  # fmt: skip
    mapping = Mapping(recompute=recompute, sequence_parallel=sequence_parallel, **{**layout, **changes})
    job = TrainingJob(tokens=1e12, sequence_length=2048.0, global_batch=float(batch), deadline=1e9)
    return Run(gpt(*MODELS[model]), job, BF16, CHIP, FABRIC, mapping, software(old=True))


def modern(model: Architecture, **changes: float) -> Run:
    layout = {"tp": 1.0, "pp": 1.0, "ep": 1.0, "cp": 1.0, "dp": 8.0, "micro_batch": 1.0}
    job = TrainingJob(tokens=1e12, sequence_length=4096.0, global_batch=64.0, deadline=1e9)
    return Run(model, job, BF16, *machine("H100"), Mapping(**{**layout, **changes}), software(old=False))


@pytest.mark.parametrize(
    ("model", "without", "selective"),
    [("22B", 59.25, 9.5625), ("175B", 66.84, 12.35), ("530B", 114.02, 23.08), ("1T", 131.25, 26.56)],
)
def test_activations_of_megatron_models(model: str, without: float, selective: float) -> None:
    """Published GiB, arXiv 2205.05198, figure 1: no recomputation; selective with sequence parallelism."""
    assert training_memory(run_of(model, 0.0, 0.0))["activations"] / GIB == pytest.approx(without, rel=0.01)
    assert training_memory(run_of(model, 1.0, 1.0))["activations"] / GIB == pytest.approx(selective, rel=0.01)


@pytest.mark.parametrize(("model", "published"), [("22B", 45.56), ("175B", 45.56), ("530B", 31.64), ("1T", 32.96)])
def test_states_of_megatron_models(model: str, published: float) -> None:
    """Published GiB of weights, gradients and optimizer, figure 1; ours adds the embedding of the first stage."""
    memory = training_memory(run_of(model, 1.0, 1.0))
    held = sum(float(memory[name]) for name in ("weights", "gradients", "optimizer")) / GIB
    assert published < held < published * 1.09


@pytest.mark.parametrize(
    ("policy", "sharded", "shares"),
    [
        (0.0, 1.0, {"22B": 66.84, "175B": 62.04, "530B": 58.31, "1T": 58.31}),
        (1.0, 0.0, {"22B": 49.42, "175B": 56.53, "530B": 62.04, "1T": 62.04}),
        (1.0, 1.0, {"22B": 16.18, "175B": 18.49, "530B": 20.27, "1T": 20.27}),
        (2.0, 0.0, {"22B": 7.64, "175B": 8.71, "530B": 9.42, "1T": 9.42}),
    ],
)
def test_activation_savings(policy: float, sharded: float, shares: dict[str, float]) -> None:
    """Published percent of the activations without either, arXiv 2205.05198, figure 7."""
    for model, share in shares.items():
        whole, _ = layer_activations(run_of(model, 0.0, 0.0))
        kept, _ = layer_activations(run_of(model, policy, sharded))
        assert 100 * kept / whole == pytest.approx(share, rel=0.012)


@pytest.mark.parametrize("name", ["llama-3.1-405b", "gpt3-175b", "deepseek-v3", "qwen3-30b-a3b", "gemma-3-27b"])
def test_parameters_by_place_add_up(name: str) -> None:
    model = architecture_of(name)
    count = parameters(model)
    body = model.depth * (count.layer + count.layer_experts)
    head = 0.0 if model.tied_embeddings else count.head
    assert body + count.embedding + head == pytest.approx(total_parameters(model), rel=1e-9)


def test_each_zero_stage_splits_one_more_kind() -> None:
    model = architecture_of("llama-3.1-8b")
    by_stage = [training_memory(modern(model, zero_stage=float(stage))) for stage in range(4)]
    for stage, name in ((1, "optimizer"), (2, "gradients"), (3, "weights")):
        assert by_stage[stage][name] == pytest.approx(by_stage[stage - 1][name] / 8.0)
    assert by_stage[3]["gathered"] > by_stage[2]["gathered"] == 0.0


def test_recomputation_keeps_less_under_fused_attention_too() -> None:
    model = architecture_of("llama-3.1-8b")
    none, selective, full = (layer_activations(modern(model, recompute=float(policy)))[0] for policy in range(3))
    assert full < selective < none


def test_experts_are_spread_and_the_rest_is_not() -> None:
    model = architecture_of("qwen3-30b-a3b")
    alone, spread = (training_memory(modern(model, ep=ways, zero_stage=0.0))["weights"] for ways in (1.0, 8.0))
    experts = parameters(model).layer_experts * model.depth * 2.0
    assert alone - spread == pytest.approx(experts * 7.0 / 8.0)


@given(tp=st.sampled_from([1, 2, 4, 8]), cp=st.sampled_from([1, 2, 4]), policy=st.integers(0, 2))
def test_more_ranks_never_need_more_memory_each(tp: int, cp: int, policy: int) -> None:
    model = architecture_of("llama-3.1-8b")
    few = training_memory(modern(model, tp=float(tp), cp=float(cp), recompute=float(policy))).total
    more_tensor = training_memory(modern(model, tp=2.0 * tp, cp=float(cp), recompute=float(policy))).total
    more_context = training_memory(modern(model, tp=float(tp), cp=2.0 * cp, recompute=float(policy))).total
    assert more_tensor < few
    assert more_context < few
