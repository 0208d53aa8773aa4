"""How long a person waits for the program to start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.runner import Benchmark, Work


def command(*words: str) -> Work:
    """Return the work of running a command to its end."""

    def run() -> object:
        return subprocess.run(words, check=True, stdout=subprocess.DEVNULL)

    return run


BENCHMARKS = [
    Benchmark(
        name="cli: rackwright --help",
        prepare=lambda: command(str(Path(sys.executable).with_name("rackwright")), "--help"),
        prepare_baseline=lambda: command(sys.executable, "-c", "import numpy"),
        baseline="python -c 'import numpy'",
        most=4.0,
    ),
]
