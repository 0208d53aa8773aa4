"""The house rules that no linter knows, as functions from source text to a list of faults.

`python tools/house.py` checks the whole project and prints each fault as `path:line: what is wrong`; the tests under
`tests/house` run the same rules, and show on small examples that each rule can fail.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "rackwright"

FUNCTION_LINES = 60
MODULE_LINES = 400
PARAMETERS = 7
DOMAIN_ROOMS = ("workload", "fabric", "performance", "system", "site", "cost", "carbon", "supply")
SPEAKING_ROOMS = ("cli",)
FRAGMENT = re.compile(r"(\+[a-z0-9]+(-[a-z0-9]+)*|\d+)\.(added|changed|fixed|removed|facts)\.md")

_LEFT_FOR_LATER = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error")  # split, not to find themselves
_UNFINISHED = re.compile(rf"\b({'|'.join(_LEFT_FOR_LATER)})\b")
_EQUATION = re.compile(r"\(\d+[a-z]?\)")  # a numbered equation, or the number of one given elsewhere in the module
_SOURCES = re.compile(r"^\s*(References|Sources?)\b", re.MULTILINE)
_NUMBERS = {"Num", "Breakdown"}
_BROAD = {"Exception", "BaseException"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path, the room it belongs to, its text and its tree."""

    path: Path
    room: str
    text: str
    tree: ast.Module

    @classmethod
    def read(cls, path: Path) -> Source:
        """Read the file at `path` below the package."""
        inside = path.relative_to(PACKAGE)
        return cls.parse(path.read_text(encoding="utf-8"), inside.parts[0] if len(inside.parts) > 1 else "", path)

    @classmethod
    def parse(cls, text: str, room: str, path: Path = Path("example.py")) -> Source:
        """Make a source of `text`, as if it lay in `room`."""
        return cls(path, room, text, ast.parse(text))

    def fault(self, line: int, message: str) -> str:
        """Say what is wrong at a line."""
        shown = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        return f"{shown}:{line}: {message}"


def sources() -> list[Source]:
    """Return every Python file of the package."""
    return [Source.read(path) for path in sorted(PACKAGE.rglob("*.py"))]


def too_long(source: Source) -> Iterator[str]:
    """Modules over 400 lines, functions over 60 lines of code (the docstring is documentation, not code)."""
    lines = len(source.text.splitlines())
    if lines > MODULE_LINES:
        yield source.fault(1, f"module of {lines} lines; at most {MODULE_LINES}")
    for function in _functions(source.tree):
        length = _code_lines(function)
        if length > FUNCTION_LINES:
            yield source.fault(function.lineno, f"{function.name} has {length} lines; at most {FUNCTION_LINES}")


def too_many_parameters(source: Source) -> Iterator[str]:
    """Functions of more than 7 parameters; a command takes one parameter per option, so the command line is exempt."""
    if source.room in SPEAKING_ROOMS:
        return
    for function in _functions(source.tree):
        given = function.args
        names = [arg.arg for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        count = len([name for name in names if name not in ("self", "cls")])
        if count > PARAMETERS:
            yield source.fault(function.lineno, f"{function.name} takes {count} parameters; at most {PARAMETERS}")


def rough_statements(source: Source) -> Iterator[str]:
    """`assert` as validation, an `except` that catches everything, and prints outside the command line."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assert):
            yield source.fault(node.lineno, "assert; raise one of our errors at the border instead")
        elif isinstance(node, ast.ExceptHandler) and _catches_everything(node):
            yield source.fault(node.lineno, "broad except; name the errors that can happen")
        elif _is_print(node) and source.room not in SPEAKING_ROOMS:
            yield source.fault(getattr(node, "lineno", 1), "print in the core; only the command line speaks")


def unfinished(source: Source) -> Iterator[str]:
    """Words that mark work left for later."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        found = _UNFINISHED.search(line)
        if found:
            yield source.fault(number, f"{found.group()}: finish it or leave it out")


def undocumented_package(source: Source) -> Iterator[str]:
    """Modules without a docstring."""
    if ast.get_docstring(source.tree) is None:
        yield source.fault(1, "no module docstring")


def no_formula_page(source: Source) -> Iterator[str]:
    """Public functions of the domain rooms that compute, with neither a numbered equation nor a source.

    Functions that take or return numbers compute; readers and registries do not. The module's docstring may speak for
    all functions in it.
    """
    if source.room not in DOMAIN_ROOMS or _explains(ast.get_docstring(source.tree)):
        return
    for node in source.tree.body:
        if not isinstance(node, Function) or node.name.startswith("_"):
            continue
        if _computes(node) and not _explains(ast.get_docstring(node)):
            yield source.fault(node.lineno, f"{node.name}: no numbered equation (1) and no References")


RULES: tuple[Callable[[Source], Iterable[str]], ...] = (
    too_long,
    too_many_parameters,
    rough_statements,
    unfinished,
    undocumented_package,
    no_formula_page,
)


def faults() -> list[str]:
    """Return every fault of every rule in the package."""
    return [fault for source in sources() for rule in RULES for fault in rule(source)]


def imported_roots(source: Source) -> set[str]:
    """Return the top-level packages a file imports, wherever in it."""
    roots = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            roots.add(node.module.split(".")[0])
    return roots


def _explains(page: str | None) -> bool:
    return bool(page and (_EQUATION.search(page) or _SOURCES.search(page)))


def _computes(function: Function) -> bool:
    given = function.args
    noted = [arg.annotation for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs)] + [function.returns]
    parts = (part for note in noted if note for part in ast.walk(note))
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    return bool(names & _NUMBERS)


def _functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _code_lines(function: Function) -> int:
    first, last = function.lineno, function.end_lineno or function.lineno
    if ast.get_docstring(function) is None:
        return last - first + 1
    page = function.body[0]
    return last - first + 1 - ((page.end_lineno or page.lineno) - page.lineno + 1)


def _catches_everything(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _BROAD for kind in caught)


def _is_print(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"


if __name__ == "__main__":
    found = faults()
    print("\n".join(found) or "the house is in order")
    sys.exit(1 if found else 0)
