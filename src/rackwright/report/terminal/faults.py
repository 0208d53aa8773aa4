"""Faults in the user's file the way a modern compiler shows them: place, source line, caret, hint."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from rackwright.base.errors import Fault
from rackwright.report.clean import clean_text

_WINDOW = 96
_LONGEST_CARET = 40
_MOST_FAULTS = 50
_RED, _BLUE, _BOLD, _PLAIN = "\x1b[1;31m", "\x1b[34m", "\x1b[1m", "\x1b[0m"
_ENDS = " \t,]}#"


def render_faults(faults: Sequence[Fault], text: str, color: bool = False) -> str:
    """Write every fault of one file with the line it stands on.

    Parameters
    ----------
    faults : what is wrong, each with line and column from 1 (0 where it has no place)
    text : the file; empty when it cannot be shown
    color : use ANSI colours
    """
    lines = text.splitlines()
    shown = sorted(faults)[:_MOST_FAULTS]
    blocks = [_block(fault, lines, color=color) for fault in shown]
    left = len(faults) - len(shown)
    if left:
        blocks.append(f"and {left} more")
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _block(fault: Fault, lines: list[str], *, color: bool) -> str:
    def paint(text: str, look: str) -> str:
        return f"{look}{text}{_PLAIN}" if color else text

    place = clean_text(fault.file)
    if fault.line > 0:
        place += f":{fault.line}:{max(fault.column, 1)}"
    result = [f"{paint('error', _RED)}: {paint(_one_line(fault.message), _BOLD)}"]
    number = str(fault.line)
    gutter = " " * len(number) if fault.line > 0 else " "
    result.append(f"{gutter}{paint('-->', _BLUE)} {place}")
    bar = paint("|", _BLUE)
    if 0 < fault.line <= len(lines):
        source, before, under = _excerpt(lines[fault.line - 1], max(fault.column, 1) - 1)
        result.append(f"{gutter} {bar}")
        result.append(f"{paint(number, _BLUE)} {bar} {source}")
        result.append(f"{gutter} {bar} {' ' * before}{paint('^' * under, _RED)}")
    if fault.hint:
        result.append(f"{gutter} {paint('=', _BLUE)} hint: {_one_line(fault.hint)}")
    return "\n".join(line.rstrip() for line in result)


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())


def _excerpt(line: str, column: int) -> tuple[str, int, int]:
    """Return the part of a line to show, the blanks before the caret, and how long the caret is."""
    column = min(column, len(line))
    start = max(0, column - _WINDOW // 2) if len(line) > _WINDOW else 0
    end = min(len(line), start + _WINDOW)
    before = ("…" if start else "") + _flat(line[start:column])
    word = _flat(line[column : column + _length(line[column:end])])
    after = _flat(line[column:end]) + ("…" if end < len(line) else "")
    return before + after, _cells(before), max(1, min(_cells(word), _LONGEST_CARET))


def _length(rest: str) -> int:
    """Return how many characters belong to what the fault points at: a quoted text, or a word."""
    if rest[:1] in ("'", '"'):
        closing = rest.find(rest[0], 1)
        return closing + 1 if closing > 0 else len(rest)
    for index, sign in enumerate(rest):
        if sign in _ENDS or (sign == ":" and rest[index + 1 : index + 2] in ("", " ")):
            return index
    return len(rest)


def _flat(text: str) -> str:
    return clean_text(text).replace("\n", " ")


def _cells(text: str) -> int:
    """Return how many terminal cells a text takes."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )
