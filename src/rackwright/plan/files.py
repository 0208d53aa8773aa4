"""Writing output files: all or nothing, never over an existing file unless told to, and the same bytes every time."""

from __future__ import annotations

import json
import math
import os
import tempfile
from pathlib import Path
from typing import Any

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


def json_text(value: Any) -> str:
    """Return `value` as JSON: null for what JSON has no number for, and 12 digits so that machines agree."""
    return json.dumps(_finite(value), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float):
        return float(f"{float(value):.12g}") if math.isfinite(value) else None
    return value


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
