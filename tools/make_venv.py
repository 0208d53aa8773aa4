"""Make a virtual environment with pip in it, also where Python's `ensurepip` is missing.

Usage: python3 tools/make_venv.py PATH

Runs on any Python 3, so that an old interpreter gets a clear message instead of a syntax error.
"""

import os
import subprocess
import sys

NEEDED = (3, 11)
NO_PIP = """\
This Python ({python}) has no `ensurepip`, and no usable pip (22.3 or newer) to take its place,
so an environment cannot be made with it. Either install the missing part:
    Debian, Ubuntu:   apt-get install python3-venv
    Fedora:           dnf install python3-pip
or name another Python:   make PYTHON=python3.12 ...
"""
OLD_PYTHON = """\
Rackwright needs Python {needed} or newer; this one ({python}) is {found}.
Name another one:   make PYTHON=python3.12 ...
"""


def run(*command):
    """Run a command; return whether it succeeded."""
    return subprocess.run(command, check=False).returncode == 0


def has_pip(path):
    """Tell whether the environment at `path` has a pip that starts."""
    python = os.path.join(path, "bin", "python")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return (
        os.path.exists(python)
        and subprocess.run([python, "-m", "pip", "--version"], check=False, **quiet).returncode == 0
    )


def make(path):
    """Make the environment at `path`, keeping one that works; return an exit code."""
    if sys.version_info < NEEDED:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.stderr.write(OLD_PYTHON.format(needed=".".join(map(str, NEEDED)), python=sys.executable, found=found))
        return 1
    if has_pip(path):
        return 0
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        made = run(sys.executable, "-m", "venv", "--without-pip", path)
        made = made and run(sys.executable, "-m", "pip", "--python", path, "install", "--quiet", "pip")
    else:
        made = run(sys.executable, "-m", "venv", path)
    if made and has_pip(path):
        return 0
    sys.stderr.write(NO_PIP.format(python=sys.executable))
    return 1


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(make(sys.argv[1]))
