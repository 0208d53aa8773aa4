"""Training against all public runs at hand; nothing is fitted on them, so these are first out-of-sample errors."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from benchmarks.training_accuracy import BF16, machine, predictions, software, summary
from rackwright.performance.records import Mapping
from rackwright.performance.training_memory import layer_activations, training_memory
from rackwright.performance.training_run import Run
from rackwright.workload.architecture import gpt
from rackwright.workload.records import TrainingJob

SHARED = Path(__file__).resolve().parents[3] / "shared" / "measured"
RUNS, MEMORY = SHARED / "megatron_training_public.csv", SHARED / "calculon_memory_validation.csv"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared with public measurements is absent")

# Mean absolute error that each source may have: what was found on first sight, with some room. Guards against
# getting worse; the way to a tighter bound is a better model, never a fit on these rows.
BOUNDS = {
    "Korthikanti 2022, A100": 0.20,
    "Narayanan 2021, A100": 0.25,
    "vTrain, A100 multi-node": 0.22,
    "Llama 3, H100": 0.20,
    "NeMo 24.07, H100 FP8": 0.20,
    "Megatron-Bridge 25.11, Hopper and Blackwell": 0.27,
    "SimuMax, B200, layer-truncated": 0.45,
}
SHAPES = {
    "megatron-22B": ((48, 6144, 64), 1.0, 1.0, 4.0, 4.0),
    "gpt3-175B": ((96, 12288, 96), 8.0, 3.0, 1.0, 64.0),
    "turing-530B": ((105, 20480, 128), 35.0, 3.0, 1.0, 280.0),
    "megatron-1T": ((128, 25600, 160), 64.0, 1.0, 1.0, 512.0),
}
MODES = {"none": (0.0, 0.0), "seq": (0.0, 1.0), "sel": (1.0, 0.0), "seqsel": (1.0, 1.0), "full": (2.0, 0.0)}


@pytest.mark.shared
@needs_shared
def test_errors_by_source() -> None:
    errors = summary(predictions(RUNS))
    assert errors.keys() == BOUNDS.keys()
    assert {title: found[1] for title, found in errors.items() if found[1] > BOUNDS[title]} == {}


@pytest.mark.shared
@needs_shared
def test_activation_memory_rows() -> None:
    with MEMORY.open(encoding="utf-8", newline="") as text:
        rows = [row for row in csv.DictReader(text) if row["quantity"].startswith("activation")]
    assert len(rows) == 24
    for row in rows:
        found = _activations(row["model"], row["mode"])
        if row["quantity"] == "activation GiB":
            predicted = found / 2.0**30
        else:
            predicted = 100.0 * found / _activations(row["model"], "none")
        assert predicted == pytest.approx(float(row["measured"]), rel=0.015), row


def _activations(model: str, mode: str) -> float:
    shape, pp, interleave, micro_batch, batch = SHAPES[model]
    recompute, sharded = MODES[mode]
    mapping = Mapping(
        tp=8.0, pp=pp, ep=1.0, cp=1.0, dp=1.0, micro_batch=micro_batch, interleave=interleave, zero_stage=0.0,
        recompute=recompute, sequence_parallel=sharded,
    )  # fmt: skip
    job = TrainingJob(tokens=1e12, sequence_length=2048.0, global_batch=batch, deadline=1e9)
    run = Run(gpt(*shape), job, BF16, *machine("(Selene)"), mapping, software(old=True))
    kept, _ = layer_activations(run)
    assert float(kept) > 0
    return float(training_memory(run)["activations"])
