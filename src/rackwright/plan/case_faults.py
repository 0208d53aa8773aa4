"""How faults in a case are shown: the place, the line of the file with a caret, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from rackwright.base.errors import Fault

_WIDEST = 120
_MOST = 50


def nearest(name: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Return the known names that look most like `name`."""
    options = {option.lower(): option for option in known}
    found = difflib.get_close_matches(name.lower()[:_WIDEST], options, n=most, cutoff=0.55)
    return tuple(options[match] for match in found)


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return `did you mean a, b?`, or the allowed names where they are few, or nothing."""
    listed = list(known)
    close = nearest(name, listed)
    if close:
        return f"did you mean {' or '.join(f'`{option}`' for option in close)}?"
    return f"one of {', '.join(listed)}" if 0 < len(listed) <= 12 else ""


def render_faults(faults: Sequence[Fault], text: str) -> str:
    """Return all faults in file order, each with its source line and a caret under the place.

    Parameters
    ----------
    faults : what `InputError.faults` holds
    text : the text of the file, or nothing when it cannot be shown
    """
    lines = text.splitlines()
    ordered = sorted(faults)
    shown = [_render(fault, lines) for fault in ordered[:_MOST]]
    if len(ordered) > _MOST:
        shown.append(f"... and {len(ordered) - _MOST} more")
    return "\n".join(shown) + "\n"


def _render(fault: Fault, lines: Sequence[str]) -> str:
    place = f"{fault.file}:{fault.line}:{fault.column}" if fault.line else fault.file
    head = f"{place}: {fault.message}"
    under = [f"  = {fault.hint}"] if fault.hint else []
    if not 0 < fault.line <= len(lines):
        return "\n".join([head, *under])
    source = lines[fault.line - 1]
    start = max(0, fault.column - 1 - _WIDEST // 2) if len(source) > _WIDEST else 0
    cut = _visible(source[start : start + _WIDEST])
    gutter = " " * len(str(fault.line))
    caret = " " * max(0, fault.column - 1 - start) + "^"
    return "\n".join([head, f"{fault.line} | {cut}", f"{gutter} | {caret}", *under])


def _visible(line: str) -> str:
    """Show one column per character: tabs as one space, unprintable characters as a replacement mark."""
    return "".join(c if c.isprintable() else (" " if c == "\t" else "\N{REPLACEMENT CHARACTER}") for c in line)
