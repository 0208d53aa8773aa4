"""YAML text to plain values with the place of every key and value, safely.

The parser's events are folded into a tree here, so that every surprise of YAML is decided in one place: scalars are
read as YAML 1.2 reads them (`no` is text, `1:30` is text, dates are text), tags, merge keys, repeated keys and second
documents are faults, aliases are counted, and depth, size and number of nodes are bounded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from rackwright.base.errors import Fault, InputError

LARGEST_FILE = 1_000_000
LARGEST_DEPTH = 32
MOST_NODES = 20_000
LONGEST_NUMBER = 40

Path_ = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?[0-9]+")
_REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_CORE = "tag:yaml.org,2002:"
_PLAIN_TAGS = {f"{_CORE}{name}" for name in ("str", "map", "seq", "int", "float", "bool", "null")}
_EMPTY = "the file is empty; a case is needed"
INIT = "`rackwright init` writes a commented one"


@dataclass(slots=True)
class Node:
    """One value of the file: `value` is a scalar, a list of nodes, or a dict of (key node, value node)."""

    value: Any
    line: int
    column: int
    size: int = 1
    closed: bool = True

    def child(self, step: str | int) -> Node | None:
        """Return the value under a key or index, or None."""
        if isinstance(self.value, dict):
            pair = self.value.get(str(step))
            return pair[1] if pair else None
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            found: Node = self.value[step]
            return found
        return None

    def key(self, step: str | int) -> Node | None:
        """Return the key itself, for pointing at it."""
        pair = self.value.get(str(step)) if isinstance(self.value, dict) else None
        return pair[0] if pair else None

    def plain(self) -> Any:
        """Return the value as plain Python."""
        if isinstance(self.value, dict):
            return {name: node.plain() for name, (_, node) in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def find(self, path: Iterable[str | int], want_key: bool = False) -> Node:
        """Return the node at `path`, or the nearest one above it; steps that are in no file are passed over."""
        at, shown = self, self
        for step in path:
            below = at.child(step)
            if below is None:
                continue
            shown = (at.key(step) or below) if want_key else below
            at = below
        return shown


@dataclass
class _Open:
    node: Node
    key: Node | None = None


@dataclass
class _Folder:
    """Folds parser events into nodes; `faults` collects what does not stop the reading."""

    file: str
    faults: list[Fault] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)
    root: Node | None = None
    documents: int = 0
    nodes: int = 0

    def fault(self, mark: Any, message: str, hint: str = "") -> Fault:
        """Return a fault at a parser mark."""
        return Fault(self.file, mark.line + 1, mark.column + 1, message, hint)

    def stop(self, mark: Any, message: str, hint: str = "") -> None:
        """Stop reading: nothing sensible can follow."""
        raise InputError([*self.faults, self.fault(mark, message, hint)])

    def take(self, event: Any) -> None:
        """Fold one event."""
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self.stop(event.start_mark, "a second document starts here", "a case is one document; remove `---`")
            case yaml.ScalarEvent():
                self.place(Node(self.scalar(event), *_where(event)), event)
            case yaml.AliasEvent():
                self.place(self.aliased(event), event)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self.check_tag(event)
                self.open(event, [] if isinstance(event, yaml.SequenceStartEvent) else {})
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self.close(event)

    def open(self, event: Any, value: Any) -> None:
        """Start a list or a mapping."""
        node = Node(value, *_where(event), closed=False)
        if self.stack and isinstance(self.stack[-1].node.value, dict) and self.stack[-1].key is None:
            self.stop(event.start_mark, "a key must be a plain word", "lists and mappings cannot be keys")
        if len(self.stack) >= LARGEST_DEPTH:
            self.stop(event.start_mark, f"nested more than {LARGEST_DEPTH} levels deep")
        self.remember(event, node)
        self.stack.append(_Open(node))
        self.count(event, 1)

    def close(self, event: Any) -> None:
        """End a list or a mapping and place it where it belongs."""
        node = self.stack.pop().node
        node.closed = True
        children = node.value if isinstance(node.value, list) else [pair[1] for pair in node.value.values()]
        node.size = 1 + sum(child.size for child in children)
        self.put(node, event)

    def place(self, node: Node, event: Any) -> None:
        """Place a scalar or an alias."""
        if isinstance(event, yaml.ScalarEvent):
            self.remember(event, node)
        self.count(event, node.size)
        self.put(node, event)

    def put(self, node: Node, event: Any) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if isinstance(top.node.value, list):
            top.node.value.append(node)
        elif top.key is None:
            top.key = self.as_key(node, event)
        else:
            name = str(top.key.value)
            if name in top.node.value:
                first = top.node.value[name][0]
                self.faults.append(
                    Fault(
                        self.file,
                        top.key.line,
                        top.key.column,
                        f"`{name}` is stated twice",
                        f"first in line {first.line}",
                    )
                )
            else:
                top.node.value[name] = (top.key, node)
            top.key = None

    def as_key(self, node: Node, event: Any) -> Node:
        if isinstance(node.value, dict | list):
            self.stop(event.start_mark, "a key must be a plain word", "lists and mappings cannot be keys")
        if node.value == "<<":
            self.stop(
                event.start_mark,
                "merge keys (`<<`) are not read",
                "write the values out, or use `*name` for a whole value",
            )
        text = event.value if isinstance(event, yaml.ScalarEvent) else str(node.value)
        if not text:
            self.faults.append(Fault(self.file, node.line, node.column, "a key is empty"))
        return Node(text, node.line, node.column)

    def aliased(self, event: Any) -> Node:
        target = self.anchors.get(event.anchor)
        if target is None:
            self.stop(event.start_mark, f"`*{event.anchor}` has no anchor `&{event.anchor}` before it")
        if target is None or not target.closed:
            self.stop(event.start_mark, f"`*{event.anchor}` refers to a value that holds it")
        found: Node = target  # type: ignore[assignment]
        return found

    def remember(self, event: Any, node: Node) -> None:
        if event.anchor:
            self.anchors[event.anchor] = node

    def count(self, event: Any, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            self.stop(event.start_mark, f"more than {MOST_NODES:,} values, aliases counted as often as they are used")

    def check_tag(self, event: Any) -> None:
        if event.tag and event.tag not in _PLAIN_TAGS and event.tag != "!":
            self.faults.append(self.fault(event.start_mark, f"the tag `{event.tag:.60}` is not read", "remove it"))

    def scalar(self, event: Any) -> Any:
        """Read a scalar as YAML 1.2 does; quoted text stays text."""
        self.check_tag(event)
        text: str = event.value
        if event.style or event.tag == f"{_CORE}str":
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _NOT_FINITE.fullmatch(text):
            self.faults.append(self.fault(event.start_mark, f"{text} is not a number", "a finite number is needed"))
            return None
        return self.number(text, event) if _REAL.fullmatch(text) else text

    def number(self, text: str, event: Any) -> float | None:
        """Read a number that fits."""
        if len(text) > LONGEST_NUMBER:
            self.faults.append(self.fault(event.start_mark, f"a number of {len(text)} characters is too long"))
            return None
        number = int(text) if _INTEGER.fullmatch(text) else float(text)
        if not math.isfinite(float(number)):
            self.faults.append(self.fault(event.start_mark, f"{text} is too large", "a finite number is needed"))
            return None
        return number


def _where(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _events(text: str) -> Iterator[Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return iter(yaml.parse(text, Loader=loader))


def read_tree(text: str, file: str) -> tuple[Node, list[Fault]]:
    """Return the tree of a YAML text and the faults that did not stop the reading.

    Raises
    ------
    InputError
        If the text is no YAML mapping, or breaks a bound.
    """
    if len(text) > LARGEST_FILE:
        raise InputError([Fault(file, 0, 0, f"larger than {LARGEST_FILE:,} characters", "a case is a few kilobytes")])
    odd = next((i for i, c in enumerate(text) if not _printable(c)), -1)
    if odd >= 0:
        raise InputError([_character(odd, text, file)])
    folder = _Folder(file)
    try:
        for event in _events(text):
            folder.take(event)
    except yaml.MarkedYAMLError as error:
        raise InputError([*folder.faults, _syntax(error, file)]) from error
    root = folder.root
    if root is None or root.value is None:
        raise InputError([*folder.faults, Fault(file, 0, 0, _EMPTY, INIT)])
    if not isinstance(root.value, dict):
        what = "a list" if isinstance(root.value, list) else "a single value"
        raise InputError(
            [
                *folder.faults,
                Fault(file, root.line, root.column, f"the case is {what}", f"a mapping is needed; {INIT}"),
            ]
        )
    return root, folder.faults


def _syntax(error: yaml.MarkedYAMLError, file: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    problem = (error.problem or "not valid YAML").strip()
    hint = "indent with spaces, not tabs" if "\\t" in problem or "tab" in problem.lower() else (error.context or "")
    return Fault(file, line, column, f"not valid YAML: {problem}", hint.strip())


def _character(position: int, text: str, file: str) -> Fault:
    line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    return Fault(file, line, column, f"the character U+{ord(text[position]):04X} cannot stand in a case", "remove it")


def _printable(character: str) -> bool:
    """Tell whether YAML allows a character."""
    code = ord(character)
    if code < 0x20:
        return character in "\t\n\r"
    return code < 0x7F or code == 0x85 or 0xA0 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code > 0xFFFF
