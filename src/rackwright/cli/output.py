"""How commands speak: text or JSON to standard output, errors and progress to standard error."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rackwright.base.errors import InputError, RackwrightError

if TYPE_CHECKING:
    from collections.abc import Iterator

NARROW, WIDE = 60, 160
Progress = Callable[[float, str], None]


def colored(stream: Any = None) -> bool:
    """Tell whether colour is wanted: a terminal, and NO_COLOR not set."""
    stream = stream or sys.stdout
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR")


def width() -> int:
    """Return the usable terminal width in characters."""
    return max(NARROW, min(WIDE, shutil.get_terminal_size((100, 40)).columns))


def say(text: str) -> None:
    """Print text to standard output; quietly nothing more once the reader has closed it, as `head` does."""
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # kept to the end of the process


def say_json(value: Any) -> None:
    """Print a value as JSON to standard output."""
    from rackwright.plan.files import json_text

    say(json_text(value))


def note(text: str) -> None:
    """Print a remark to standard error, so that standard output stays machine-readable."""
    sys.stderr.write(text + "\n")


def fault_rows(error: InputError) -> list[dict[str, Any]]:
    """Return the faults of an input error as plain dictionaries."""
    names = ("file", "line", "column", "message", "hint", "path")
    return [{name: getattr(fault, name) for name in names} for fault in error.faults]


def show_error(error: RackwrightError) -> None:
    """Print an error for people to standard error; faults with their source line and a caret."""
    if not isinstance(error, InputError):
        note(f"error: {error}")
        return
    from rackwright.report.terminal import render_faults

    sources = {fault.file: _read_quietly(fault.file) for fault in error.faults}
    for name, text in sources.items():
        faults = [fault for fault in error.faults if fault.file == name]
        note(render_faults(faults, text).rstrip("\n"))
    count = len(error.faults)
    note(f"{count} fault{'s' if count != 1 else ''} found; nothing was written")


def _read_quietly(name: str) -> str:
    """Return the text of a file for showing source lines, or nothing when it cannot be shown."""
    path = Path(name)
    try:
        return path.read_text(encoding="utf-8") if path.is_file() and path.stat().st_size < 2_000_000 else ""
    except (OSError, UnicodeDecodeError):
        return ""


@contextmanager
def progress(quiet: bool) -> Iterator[Progress]:
    """Show a progress bar on standard error while work is done; silent when quiet or not on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _share, _text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("planning", total=1.0)
        yield lambda done, text: bar.update(task, completed=done, description=text)
