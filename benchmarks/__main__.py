"""Run the benchmarks whose name holds one of the words given, or all; fail when a ratio is too high."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

from benchmarks.runner import Benchmark, measure, table


def collect() -> list[Benchmark]:
    """Return the benchmarks of every module `bench_*` here, each a list called BENCHMARKS."""
    names = (found.name for found in pkgutil.iter_modules([str(Path(__file__).parent)]))
    modules = [importlib.import_module(f"benchmarks.{name}") for name in sorted(names) if name.startswith("bench_")]
    return [benchmark for module in modules for benchmark in module.BENCHMARKS]


def main(words: list[str]) -> int:
    """Measure and print; return 1 when a benchmark passes the ratio asked of it."""
    chosen = [item for item in collect() if not words or any(word in item.name for word in words)]
    timings = [measure(item) for item in chosen]
    print(table(timings))
    return 0 if all(timing.kept for timing in timings) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
