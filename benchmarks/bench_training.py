"""How fast training layouts are estimated."""

from __future__ import annotations

import numpy as np

from benchmarks.runner import Benchmark, Work
from benchmarks.training_accuracy import BF16, machine, software
from rackwright.performance.records import Mapping
from rackwright.performance.training import train
from rackwright.workload.architecture import architecture_of
from rackwright.workload.records import TrainingJob

DESIGNS = 8192
CHOICES = {
    "tp": (1, 2, 4, 8),
    "pp": (1, 2, 4, 8, 16),
    "cp": (1, 2),
    "ep": (1,),
    "dp": (8, 16, 32, 64),
    "micro_batch": (1, 2, 4),
    "interleave": (1, 2, 4),
    "zero_stage": (0, 1, 2, 3),
    "recompute": (0, 1, 2),
}


def layouts(designs: int) -> Work:
    """Return the estimate of a 405B run on H100 in as many layouts."""
    model, job = architecture_of("llama-3.1-405b"), TrainingJob(15.6e12, 8192.0, 2048.0, 1e9)
    generator = np.random.default_rng(1)
    columns = {name: generator.choice(np.array(options, float), (designs, 1)) for name, options in CHOICES.items()}
    mapping, (chip, fabric), stack = Mapping(**columns), machine("H100"), software(old=False)
    return lambda: train(model, job, BF16, chip, fabric, mapping, stack)


def exponentials(numbers: int) -> Work:
    """Return a hundred exponentials of as many numbers."""
    column = np.random.default_rng(1).random((numbers, 1))

    def run() -> object:
        for _ in range(100):
            np.exp(column)
        return column

    return run


BENCHMARKS = [
    Benchmark(
        name="performance: training layouts in a block",
        prepare=lambda: layouts(DESIGNS),
        prepare_baseline=lambda: exponentials(DESIGNS),
        baseline="100 exponentials of as many numbers",
        items=DESIGNS,
        unit="designs/s",
    ),
    Benchmark(
        name="performance: one training layout",
        prepare=lambda: layouts(1),
        prepare_baseline=lambda: exponentials(1),
        baseline="100 exponentials of one number",
    ),
]
