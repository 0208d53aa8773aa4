"""Writing output files: all or nothing, and never over an existing file unless told to."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from rackwright.base.errors import OutputExistsError


def refuse_existing(paths: list[Path], *, force: bool) -> None:
    """Raise before any work is done if an output exists and may not be replaced.

    Raises
    ------
    OutputExistsError
        Naming every existing path.
    """
    existing = [str(path) for path in paths if path.exists()]
    if existing and not force:
        raise OutputExistsError(f"{', '.join(existing)} exists already; use --force to replace it")


def write_atomically(path: Path, text: str) -> None:
    """Write `text` to `path` so that a reader sees the old or the new file, never a part of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
