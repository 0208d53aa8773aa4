"""How far predicted training steps lie from published ones: `python -m benchmarks.training_accuracy TABLE.csv`.

TABLE.csv has one row per published run, with the columns of the project's table of public Megatron runs: model shape,
accelerators, layout, measured seconds per batch, source. Nothing in the model is fitted on these rows. A row that names
no micro-batch runs with one; one that names no recompute policy runs with the selective one.
"""

from __future__ import annotations

import csv
import statistics
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rackwright.base.record import replace
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.records import Accelerator
from rackwright.fabric.fabric import reached_fabric
from rackwright.fabric.records import Fabric, NetworkFacts
from rackwright.performance.efficiency import efficiency_table
from rackwright.performance.records import Mapping, Training
from rackwright.performance.training import train
from rackwright.performance.training_facts import Stack, training_table
from rackwright.workload.architecture import architecture_of, gpt
from rackwright.workload.records import Architecture, LayerGroup, Precision, TrainingJob

Row = dict[str, str]

BF16 = Precision("bf16", "bf16", "bf16", weight_bytes=2.0, kv_bytes=2.0, activation_bytes=2.0)
FP8 = replace(BF16, compute="fp8")

# accelerator, network facts, scale-out bandwidth per accelerator [B/s], by the first word that fits
MACHINES = (
    ("(Selene)", ("a100-80-sxm", "nvlink3", 25e9)),
    ("A100-80GB (8/node", ("a100-80-sxm", "nvlink3", 12.5e9)),
    ("H100", ("h100-sxm", "nvlink4", 50e9)),
    ("GB300", ("gb300", "nvlink5", 100e9)),
    ("GB200", ("gb200", "nvlink5", 50e9)),
    ("B200", ("b200-sxm", "nvlink5", 50e9)),
)
MODELS = {
    "Llama 3.1 405B": "llama-3.1-405b",
    "LLAMA2-7B": "llama-2-7b",
    "LLAMA2-13B": "llama-2-13b",
    "LLAMA2-70B": "llama-2-70b",
    "LLAMA3-8B": "llama-3.1-8b",
    "LLAMA3_8B": "llama-3.1-8b",
    "LLAMA3-70B": "llama-3.1-70b",
    "LLAMA3_70B": "llama-3.1-70b",
    "LLAMA3.1_405B": "llama-3.1-405b",
    "DeepSeekV3": "deepseek-v3",
    "GPT OSS 120B": "gpt-oss-120b",
    "Qwen3_30B_a3B": "qwen3-30b-a3b",
    "Qwen3_235B_a22B": "qwen3-235b-a22b",
    "Llama3-70B truncated": "llama-3.1-70b",
    "Llama3-405B truncated": "llama-3.1-405b",
    "DeepSeek-V3 truncated": "deepseek-v3",
}
# The paper names an interleaved schedule without its depth; two layers to a chunk is our reading.
INTERLEAVE = {"Llama 3.1 405B": 4.0}
GROUPS = (
    ("Korthikanti", "Korthikanti 2022, A100"),
    ("Narayanan", "Narayanan 2021, A100"),
    ("vTrain", "vTrain, A100 multi-node"),
    ("Llama 3 paper", "Llama 3, H100"),
    ("NeMo docs", "NeMo 24.07, H100 FP8"),
    ("NVIDIA/NeMo", "NeMo 24.07, H100 FP8"),
    ("Megatron-Bridge", "Megatron-Bridge 25.11, Hopper and Blackwell"),
    ("SimuMax", "SimuMax, B200, layer-truncated"),
)


@dataclass(frozen=True)
class Prediction:
    """One published run and what the model says of it, in seconds per batch."""

    row: Row
    group: str
    measured: float
    predicted: float

    @property
    def error(self) -> float:
        """Relative error of the prediction."""
        return self.predicted / self.measured - 1.0


def predictions(table: Path) -> list[Prediction]:
    """Predict every row of the table that the model covers."""
    with table.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    found = []
    for row in rows:
        model = _architecture(row)
        if model is not None:
            found.append(Prediction(row, _group(row), _measured(row, model), float(predict(row, model).step_time)))
    return found


def predict(row: Row, model: Architecture) -> Training:
    """Estimate the run of one row."""
    chip, fabric = machine(row["gpu_type"])
    old = "A100" in row["gpu_type"]
    job = TrainingJob(
        tokens=1e12, sequence_length=_number(row, "seq"), global_batch=_number(row, "global_batch"), deadline=1e9
    )
    precision = FP8 if "fp8" in row["precision"].lower() else BF16
    return train(model, job, precision, chip, fabric, _mapping(row, old), software(old))


def software(old: bool) -> Stack:
    """Return the facts of the software of 2021-2022, or of today's."""
    return Stack(training_table().one("megatron-2022" if old else "megatron-core"), efficiency_table().one("measured"))


def machine(called: str) -> tuple[Accelerator, Fabric]:
    """Return the accelerator and fabric of a machine as the table calls it."""
    accelerator, network, outward = next(found for word, found in MACHINES if word in called)
    chip = load_table("accelerators", Accelerator).one(accelerator)
    return chip, _fabric(chip, network, outward)


def _mapping(row: Row, old: bool) -> Mapping:
    unsaid = 0.0 if "SimuMax" in row["source"] else 1.0
    recompute = 2.0 if row["recompute"].startswith("full") else unsaid
    sharded = 3.0 if row["fsdp"] == "1" else 1.0
    split = row["seq_parallel"] == "yes" if row["seq_parallel"] else not old
    names = ("tp", "pp", "dp", "cp", "ep")
    return Mapping(
        **{name: _number(row, name) for name in names},
        interleave=INTERLEAVE.get(row["model"], _number(row, "interleave")),
        micro_batch=_number(row, "microbatch"),
        zero_stage=0.0 if old else sharded,
        recompute=recompute,
        sequence_parallel=float(split),
    )


def _fabric(chip: Accelerator, network: str, outward: float) -> Fabric:
    facts = load_table("network_facts", NetworkFacts).one(network)
    return reached_fabric(chip.scale_up_domain, chip.scale_up_bandwidth, outward, facts)


@cache
def _named(name: str) -> Architecture:
    return architecture_of(name)


@cache
def _plain(layers: int, hidden: int, heads: int) -> Architecture:
    return gpt(layers, hidden, heads)


def _architecture(row: Row) -> Architecture | None:
    if row["model"] not in MODELS:
        if "GPT" in row["model"] and row["layers"] and "OSS" not in row["model"]:
            return _plain(*(int(row[name]) for name in ("layers", "hidden", "heads")))
        return None
    model = _named(MODELS[row["model"]])
    if "truncated" not in row["model"]:
        return model
    last = model.layers[-1]
    return replace(model, layers=(LayerGroup(int(row["layers"]), last.attention, last.feed_forward),), mtp_layers=())


def _measured(row: Row, model: Architecture) -> float:
    """Seconds per batch; from operations per second where the source prints those alone, by the usual count."""
    if row["measured_seconds_per_batch"]:
        return float(row["measured_seconds_per_batch"])
    run = predict(row, model)
    return float(run.mfu * run.step_time) * 989e12 / (float(row["measured_tflops_per_gpu"]) * 1e12)


def _number(row: Row, name: str) -> float:
    return float(row[name] or 1.0)


def _group(row: Row) -> str:
    return next(title for word, title in GROUPS if word in row["source"])


def summary(found: Iterable[Prediction]) -> dict[str, tuple[int, float, float, float, float]]:
    """Return {group: (runs, mean absolute error, mean error, lowest, highest)}."""
    groups: dict[str, list[float]] = {}
    for one in found:
        groups.setdefault(one.group, []).append(one.error)
    return {
        title: (len(errors), statistics.fmean(map(abs, errors)), statistics.fmean(errors), min(errors), max(errors))
        for title, errors in groups.items()
    }


def main(path: str) -> None:
    """Print every prediction, then the errors by source."""
    found = predictions(Path(path))
    for one in found:
        row = one.row
        layout = f"tp{row['tp']} pp{row['pp']} dp{row['dp']} cp{row['cp']} ep{row['ep']} mb{row['microbatch']}"
        print(f"{row['model']:26}{row['gpus']:>6} {layout:36}{one.measured:9.3f}{one.predicted:9.3f}{one.error:+8.1%}")
    print()
    for title, (runs, absolute, mean, low, high) in summary(found).items():
        print(f"{title:46}{runs:4}  abs {absolute:6.1%}  mean {mean:+6.1%}  {low:+.1%} .. {high:+.1%}")


if __name__ == "__main__":
    main(sys.argv[1])
