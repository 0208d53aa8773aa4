"""Training against published runs, and its laws."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.training_accuracy import BF16, FP8, machine, software
from rackwright.base.record import replace
from rackwright.base.trace import Traced, gradient
from rackwright.base.units import dimension
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.records import Accelerator
from rackwright.fabric.records import Fabric
from rackwright.performance.efficiency import efficiency_table
from rackwright.performance.records import Mapping, Training
from rackwright.performance.training import train
from rackwright.performance.training_facts import Stack, training_table
from rackwright.workload.architecture import architecture_of, gpt
from rackwright.workload.flops import forward_flops
from rackwright.workload.records import Architecture, Precision, TrainingJob

DAY = 86400.0
A100, SELENE = machine("(Selene)")
H100, ROCE = machine("H100")
TODAY = software(old=False)
SMALL, LARGE, MIXTURE = (architecture_of(name) for name in ("llama-3.1-8b", "llama-3.1-405b", "qwen3-30b-a3b"))
ALONE = Mapping(tp=1.0, pp=1.0, ep=1.0, cp=1.0, dp=8.0, micro_batch=1.0, recompute=0.0)


def job(batch: float = 256.0, length: float = 4096.0, tokens: float = 1e12) -> TrainingJob:
    return TrainingJob(tokens=tokens, sequence_length=length, global_batch=batch, deadline=1e9)


def on_h100(model: Architecture, mapping: Mapping, work: TrainingJob, precision: Precision = BF16) -> Training:
    return train(model, work, precision, H100, ROCE, mapping, TODAY)


# Published seconds per batch, Korthikanti et al., arXiv 2205.05198, table 5: A100-80GB, sequence 2,048, 16-bit;
# full recomputation without, selective with sequence parallelism.
# model, accelerators, tp, pp, interleave, micro-batch, batch, full, selective
KORTHIKANTI = [
    ((48, 6144, 64), 8, 8, 1, 1, 4, 4, 1.42, 1.10),
    ((96, 12288, 96), 64, 8, 8, 3, 1, 64, 18.13, 13.75),
    ((105, 20480, 128), 280, 8, 35, 3, 1, 280, 49.05, 37.83),
    ((128, 25600, 160), 512, 8, 64, 1, 1, 512, 94.42, 71.49),
]


@pytest.mark.parametrize(("row", "selective"), list(product(KORTHIKANTI, [False, True])))
def test_megatron_steps_on_a100(row: tuple[Any, ...], selective: bool) -> None:
    shape, accelerators, tp, pp, interleave, micro_batch, batch, full_time, selective_time = row
    mapping = Mapping(
        tp=tp, pp=pp, ep=1.0, cp=1.0, dp=1.0, micro_batch=micro_batch, interleave=interleave, zero_stage=0.0,
        recompute=1.0 if selective else 2.0, sequence_parallel=float(selective),
    )  # fmt: skip
    run = train(gpt(*shape), job(batch, 2048.0), BF16, A100, SELENE, mapping, software(old=True))
    assert run.accelerators == accelerators
    assert run.step_time == pytest.approx(selective_time if selective else full_time, rel=0.25)
    assert all(float(limit.margin) >= 0 for limit in run.limits)


def llama_405b(dp: float, interleave: float = 4.0) -> Training:
    mapping = Mapping(tp=8.0, pp=16.0, ep=1.0, cp=1.0, dp=dp, micro_batch=1.0, interleave=interleave, recompute=1.0)
    return on_h100(LARGE, mapping, job(2048.0, 8192.0, 15.6e12))


def test_llama_405b_on_16384_h100() -> None:
    """Published: MFU 41 % (43 % on 8,192), 30.84 M accelerator-hours in all (arXiv 2407.21783, table 4; model card).

    The depth of the interleaving is not published; two layers to a chunk is our reading.
    """
    run = llama_405b(128.0)
    assert run.accelerators == 16384
    assert run.mfu == pytest.approx(0.41, rel=0.15)
    assert run.duration * run.accelerators / 3600 == pytest.approx(30.84e6, rel=0.20)
    assert run.interruptions / run.duration * 54 * DAY == pytest.approx(419, rel=0.01)
    assert all(float(limit.margin) >= 0 for limit in run.limits)
    assert llama_405b(64.0).mfu > run.mfu


DESIGNS = st.fixed_dictionaries(
    {
        "tp": st.sampled_from([1.0, 2.0, 4.0, 8.0]),
        "pp": st.sampled_from([1.0, 2.0, 4.0, 8.0]),
        "cp": st.sampled_from([1.0, 2.0, 4.0]),
        "dp": st.sampled_from([1.0, 2.0, 8.0, 32.0]),
        "micro_batch": st.sampled_from([1.0, 2.0, 4.0]),
        "interleave": st.sampled_from([1.0, 2.0, 4.0]),
        "zero_stage": st.sampled_from([0.0, 1.0, 2.0, 3.0]),
        "recompute": st.sampled_from([0.0, 1.0, 2.0]),
        "sequence_parallel": st.sampled_from([0.0, 1.0]),
    }
)


@given(
    design=DESIGNS,
    mixture=st.booleans(),
    precision=st.sampled_from([BF16, FP8]),
    length=st.sampled_from([512.0, 32768.0]),
)
def test_shares_of_peak_never_exceed_one(
    design: dict[str, float], mixture: bool, precision: Precision, length: float
) -> None:
    ways = design["tp"] * design["cp"] * design["dp"]
    model, ep = (MIXTURE, min(8.0, ways)) if mixture else (SMALL, 1.0)
    run = on_h100(model, Mapping(ep=ep, **design), job(256.0, length), precision)
    assert 0.0 < run.mfu <= run.hfu <= 1.0
    assert 0.0 < run.memory_traffic <= H100.memory_bandwidth
    assert 0.0 < run.goodput <= 1.0
    assert all(np.all(np.asarray(part) >= 0.0) for part in run.step.values())
    assert sum(float(part) for part in run.step.values()) == pytest.approx(float(run.step_time))
    assert sum(float(part) for part in run.memory.values()) == pytest.approx(float(run.memory.total))


@given(design=DESIGNS)
def test_twice_the_batch_takes_no_less_time_and_no_more_per_sequence(design: dict[str, float]) -> None:
    one, two = (on_h100(SMALL, Mapping(ep=1.0, **design), job(batch)).step_time for batch in (128.0, 256.0))
    assert one <= two <= 2.0 * one * (1 + 1e-9)


@pytest.mark.parametrize("name", ["llama-3.1-8b", "qwen3-30b-a3b", "gemma-3-27b"])
def test_model_operations_are_those_of_the_architecture(name: str) -> None:
    """Three forward passes, counted by the workload room from the architecture alone."""
    model, work = architecture_of(name), job(64.0, 4096.0)
    run = on_h100(model, ALONE, work)
    counted = 3.0 * forward_flops(model, work.sequence_length) * work.global_batch
    assert run.mfu * run.step_time * run.accelerators * H100.peak_bf16 == pytest.approx(counted, rel=0.02)


def test_full_recomputation_adds_one_forward_pass() -> None:
    none, full = (on_h100(SMALL, replace(ALONE, recompute=policy), job()) for policy in (0.0, 2.0))
    again = sum(float(none.step[f"forward/{part}"]) for part in ("matrices", "attention", "elementwise"))
    assert 0.9 * again < full.step["recomputation"] < again  # the head is not computed again
    assert none.step["recomputation"] == 0.0
    assert full.mfu < none.mfu
    assert full.hfu / full.mfu == pytest.approx(4 / 3, abs=0.06)


def test_parallelism_of_one_sends_nothing() -> None:
    step = on_h100(SMALL, replace(ALONE, dp=1.0), job()).step
    for name in ("tensor parallel", "context parallel", "expert parallel", "pipeline/bubble", "pipeline/sends"):
        assert step[name] == 0.0
    assert step["data parallel/gradients"] == step["data parallel/weights"] == 0.0


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"tp": 2.0}, "tensor parallel"),
        ({"pp": 2.0}, "pipeline/sends"),
        ({"pp": 2.0}, "pipeline/bubble"),
        ({"dp": 16.0}, "data parallel/gradients"),
        ({"dp": 16.0}, "data parallel/weights"),
        ({"dp": 8.0, "ep": 8.0}, "expert parallel"),
    ],
)
def test_each_way_pays_for_its_own_collective(change: dict[str, float], part: str) -> None:
    model = MIXTURE if "ep" in change else SMALL
    single = replace(ALONE, dp=1.0)
    without, with_it = on_h100(model, single, job()).step, on_h100(model, replace(single, **change), job()).step
    assert with_it[part] > without[part] == 0.0


def test_context_parallelism_hides_behind_long_sequences() -> None:
    """Ring steps cost bandwidth in proportion to tokens, attention in proportion to their square."""
    slow = replace(ROCE, scale_up_bandwidth=20e9)
    ring = replace(ALONE, cp=8.0, dp=1.0)
    runs = [train(SMALL, job(8.0, length), BF16, H100, slow, ring, TODAY) for length in (2048.0, 1e6)]
    assert runs[0].step["context parallel"] > 0.0
    assert runs[1].step["context parallel"] == 0.0


def test_zero_stages_trade_communication_for_memory() -> None:
    runs = [on_h100(SMALL, replace(ALONE, dp=64.0, zero_stage=float(stage)), job(512.0)) for stage in range(4)]
    sent = [float(run.step["data parallel/gradients"] + run.step["data parallel/weights"]) for run in runs]
    assert sent[1] < sent[2] < sent[3]
    totals = [float(run.memory.total) for run in runs]
    assert totals == sorted(totals, reverse=True)


def test_eight_bit_products_are_faster_and_leave_attention_alone() -> None:
    wide, narrow = on_h100(SMALL, ALONE, job()), on_h100(SMALL, ALONE, job(), FP8)
    assert narrow.step["forward/matrices"] < wide.step["forward/matrices"]
    assert narrow.step["forward/attention"] == wide.step["forward/attention"]
    assert narrow.memory["weights"] == wide.memory["weights"]


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({"dp": 7.0}, "global batch in whole micro-batches"),
        ({"interleave": 2.0}, "interleaving needs pipeline stages"),
        ({"pp": 16.0, "interleave": 4.0}, "pipeline chunks within layers"),
        ({"tp": 64.0}, "heads over tensor ranks"),
        ({"cp": 3.0}, "sequence in whole context shares"),
        ({"ep": 2.0}, "expert parallelism needs experts"),
        ({"zero_stage": 0.0, "dp": 1.0}, "memory"),
        ({"pp": 3.0, "interleave": 2.0, "dp": 8.0}, "interleaved micro-batches in whole rounds of stages"),
    ],
)
def test_a_broken_layout_is_named(change: dict[str, float], broken: str) -> None:
    limits = {limit.name: float(limit.margin) for limit in on_h100(SMALL, replace(ALONE, **change), job()).limits}
    assert limits[broken] < 0.0


def test_experts_must_divide_and_fit_in_a_stage() -> None:
    limits = on_h100(MIXTURE, replace(ALONE, ep=48.0), job()).limits
    broken = {limit.name for limit in limits if float(limit.margin) < 0.0}
    assert {"experts over expert ranks", "expert ranks within one pipeline stage"} <= broken


def test_a_late_run_breaks_its_deadline() -> None:
    hurried = replace(job(), deadline=DAY)
    limits = {limit.name: float(limit.margin) for limit in on_h100(SMALL, ALONE, hurried).limits}
    assert limits["deadline"] < 0.0


def test_a_block_gives_what_its_designs_give_alone() -> None:
    generator = np.random.default_rng(7)
    choices = {
        "tp": [1, 2, 8], "pp": [1, 2, 16], "cp": [1, 2], "dp": [4, 32], "ep": [1], "micro_batch": [1, 4],
        "interleave": [1, 2], "zero_stage": [0, 1, 2, 3], "recompute": [0, 1, 2], "sequence_parallel": [0, 1],
    }  # fmt: skip
    columns = {name: generator.choice(np.array(options, dtype=float), (64, 1)) for name, options in choices.items()}
    block = on_h100(LARGE, Mapping(**columns), job())
    assert np.shape(block.step_time) == (64, 1)
    for row in range(64):
        alone = on_h100(LARGE, Mapping(**{name: float(column[row, 0]) for name, column in columns.items()}), job())
        assert np.asarray(block.step_time)[row, 0] == pytest.approx(float(alone.step_time))
        assert np.broadcast_to(block.memory.total, (64, 1))[row, 0] == pytest.approx(float(alone.memory.total))
        for seen, expected in zip(block.limits, alone.limits, strict=True):
            assert np.broadcast_to(seen.margin, (64, 1))[row, 0] == pytest.approx(float(expected.margin))


@pytest.mark.parametrize("name", ["megatron-core", "megatron-2022"])
@pytest.mark.parametrize("model", [SMALL, MIXTURE])
def test_dimensions_and_derivatives(name: str, model: Architecture) -> None:
    chip = load_table("accelerators", Accelerator).traced().one("h100-sxm")
    stack = Stack(training_table().traced().one(name), efficiency_table().traced().one("measured"))
    fabric: Any = Fabric(**{name: _constant(getattr(ROCE, name), unit) for name, unit in _FABRIC.items()})
    ep = 4.0 if model is MIXTURE else 1.0
    mapping = Mapping(
        tp=2.0, pp=2.0, ep=ep, cp=2.0, dp=8.0, micro_batch=1.0, interleave=2.0, zero_stage=1.0, recompute=1.0
    )
    traced = train(model, replace(job(), deadline=_constant(1e9, "s")), BF16, chip, fabric, mapping, stack)
    plain = train(model, job(), BF16, H100, ROCE, mapping, software(old=name == "megatron-2022"))
    for field in ("step_time", "duration", "goodput", "interruptions", "mfu", "hfu", "flops", "memory_traffic"):
        assert float(getattr(traced, field)) == pytest.approx(float(getattr(plain, field)))
    assert float(traced.memory.total) == pytest.approx(float(plain.memory.total))
    slopes = {leaf: float(np.sum(slope)) for leaf, (_, slope) in gradient(_traced(traced.duration)).items()}
    assert slopes["accelerators.h100-sxm.peak_bf16"] < 0
    assert slopes[f"training_facts.{name}.failure_rate"] > 0
    assert slopes[f"training_facts.{name}.straggler_spread"] > 0


_FABRIC = {
    "domain": "1", "scale_up_bandwidth": "B/s", "scale_up_latency": "s", "scale_out_bandwidth": "B/s",
    "scale_out_latency": "s", "call_latency": "s", "direct_latency": "s", "direct_step": "s", "segment_latency": "s",
    "reduction_gain": "1",
}  # fmt: skip


def _constant(value: Any, unit: str) -> Any:
    return Traced(float(value), dimension(unit), op="constant")


def _traced(value: object) -> Traced:
    assert isinstance(value, Traced)
    return value
