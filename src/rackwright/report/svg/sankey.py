"""A Sankey of power: every watt from the grid to the die, losses branching off where they arise.

Nodes stand in columns by the longest way from a source; ribbons and nodes are as high as the power they carry.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from rackwright.base.format import format_value
from rackwright.plan.document import FlowValue
from rackwright.report.svg.canvas import NARROW, WIDE, Drawing
from rackwright.report.svg.palette import colour, hue
from rackwright.report.svg.text import NORMAL, SMALL, Box, fit, text_width, wrap

_BAR = 9.0
_TRUNK = 210.0
_LABEL = 44.0
_KEY_LABEL = 15.0
_LEAST_COLUMN = 96.0
_LEGEND_ROW = 18.0
_MOST_NODES = 60
_OVERHEAD = re.compile(
    r"\b(loss|heat|overhead|pump|fan|compressor|chiller|cooling|tower|light|transformer|substation|distribution|ups|"
    r"conversion|rectifier|regulator)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Node:
    """A stage: its column, the power through it and its place."""

    name: str
    layer: int = 0
    power: float = 0.0
    y: float = 0.0
    outward: list[tuple[str, float]] = field(default_factory=list)
    inward: list[tuple[str, float]] = field(default_factory=list)


def draw_sankey(flows: list[FlowValue], width: float = WIDE, name: str = "") -> str:
    """Draw flows of power from left to right."""
    nodes = nodes_of(flows)
    layers = 1 + max((node.layer for node in nodes.values()), default=0)
    last = 118.0 if width > NARROW else 0.0
    step = (width - _BAR - last) / max(layers - 1, 1)
    keyed = layers > 1 and (step < _LEAST_COLUMN or width <= NARROW)
    if keyed:
        step = (width - _BAR - 18.0) / (layers - 1)
    depth = _place(nodes, _KEY_LABEL if keyed else _LABEL)
    rows = math.ceil(len(nodes) / (1 if width <= NARROW else 2)) if keyed else 0
    sources = ", ".join(f"{node.name} {_watts(node.power)}" for node in nodes.values() if not node.inward)
    ends = sorted((node for node in nodes.values() if not node.outward), key=lambda node: -node.power)
    arrivals = ", ".join(f"{node.name} {_watts(node.power)}" for node in ends[:6])
    description = f"Power enters as {sources}; it ends in {arrivals}." if nodes else "No power flows."
    size = (width, max(depth + 8.0 + rows * _LEGEND_ROW + (12.0 if rows else 0.0), 30.0))
    drawing = Drawing(size, "Power from the grid to the die", description, name)
    if not nodes:
        drawing.text(0.0, 20.0, "no power flows", look="soft")
        return str(drawing)
    largest = max(node.power for node in nodes.values())
    _draw_ribbons(drawing, nodes, step, largest)
    _draw_nodes(drawing, nodes, (step, largest), keyed=keyed)
    if keyed:
        _draw_key(drawing, nodes, depth + 20.0, 1 if width <= NARROW else 2)
    return str(drawing)


def nodes_of(flows: list[FlowValue]) -> dict[str, Node]:
    """Return the stages in drawing order with their flows; impossible flows and circles are left out."""
    amounts: dict[tuple[str, str], float] = {}
    for flow in flows:
        if math.isfinite(flow["value"]) and 0.0 < flow["value"] < 1e200 and flow["source"] != flow["target"]:
            pair = (flow["source"], flow["target"])
            amounts[pair] = amounts.get(pair, 0.0) + flow["value"]
    nodes: dict[str, Node] = {}
    largest = max(amounts.values(), default=0.0)
    for (source, target), value in amounts.items():
        known = [name for name in (source, target) if name not in nodes]
        if len(nodes) + len(known) > _MOST_NODES or value < 1e-9 * largest or _reaches(nodes, target, source):
            continue
        nodes.setdefault(source, Node(source)).outward.append((target, value))
        nodes.setdefault(target, Node(target)).inward.append((source, value))
    for node in nodes.values():
        node.power = max(sum(value for _, value in node.outward), sum(value for _, value in node.inward))
    ordered = _depth_first(nodes)
    for name in ordered:
        for target, _ in nodes[name].outward:
            nodes[target].layer = max(nodes[target].layer, nodes[name].layer + 1)
    # Depth first order is not always topological: repeat until every arrow points right.
    for _ in range(len(nodes)):
        if not _push_right(nodes):
            break
    return {name: nodes[name] for name in ordered}


def _push_right(nodes: dict[str, Node]) -> bool:
    moved = False
    for node in nodes.values():
        for target, _ in node.outward:
            if nodes[target].layer <= node.layer:
                nodes[target].layer = node.layer + 1
                moved = True
    return moved


def _reaches(nodes: dict[str, Node], start: str, goal: str) -> bool:
    stack, seen = [start], {start}
    while stack:
        name = stack.pop()
        if name == goal:
            return True
        for target, _ in nodes[name].outward if name in nodes else ():
            if target not in seen:
                seen.add(target)
                stack.append(target)
    return False


def _depth_first(nodes: dict[str, Node]) -> list[str]:
    """Order stages so that the widest branch comes first: the trunk stays on top and losses fall below it."""
    order: list[str] = []
    seen: set[str] = set()
    stack = [node.name for node in nodes.values() if not node.inward][::-1]
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        order.append(name)
        branches = sorted(nodes[name].outward, key=lambda flow: (not _is_overhead(nodes[flow[0]]), flow[1]))
        stack.extend(target for target, _ in branches)
    return order


def _is_overhead(node: Node) -> bool:
    """Tell whether power ends here without having computed anything."""
    return not node.outward and bool(_OVERHEAD.search(node.name))


def _place(nodes: dict[str, Node], label: float) -> float:
    """Give every node its y, no label nearer to the next than `label`; return the depth of the drawing."""
    largest = max((node.power for node in nodes.values()), default=1.0)
    free: dict[int, float] = {}
    depth = 0.0
    for node in nodes.values():
        height = _high(node.power, largest)
        room = max(height, label)
        wished = max((nodes[source].y for source, _ in node.inward), default=4.0)
        start = max(wished, free.get(node.layer, 4.0))
        node.y = start + (room - height) / 2 if height < label and node.layer in free else start
        free[node.layer] = max(node.y + height, start + room) + 6.0
        depth = max(depth, free[node.layer])
    return depth


def _high(power: float, largest: float) -> float:
    return power / largest * _TRUNK


def _draw_ribbons(drawing: Drawing, nodes: dict[str, Node], step: float, largest: float) -> None:
    entry = {name: node.y for name, node in nodes.items()}
    for node in nodes.values():
        leave = node.y
        for target, value in sorted(node.outward, key=lambda flow: nodes[flow[0]].y):
            high = _high(value, largest)
            start = Box(node.layer * step, leave, _BAR, high)
            end = Box(nodes[target].layer * step, entry[target], _BAR, high)
            paint = colour("c2") if _is_overhead(nodes[target]) else hue(0)
            drawing.ribbon(start, end, paint, tip=f"{node.name} to {target}: {_watts(value)}")
            leave += high
            entry[target] += high


def _draw_nodes(drawing: Drawing, nodes: dict[str, Node], measure: tuple[float, float], *, keyed: bool) -> None:
    step, largest = measure
    layers = max(node.layer for node in nodes.values())
    for index, node in enumerate(nodes.values()):
        high = max(_high(node.power, largest), 1.0)
        box = Box(node.layer * step, node.y, _BAR, high)
        drawing.rect(
            box, colour("c6" if _is_overhead(node) else "c1"), radius=1.5, tip=f"{node.name}: {_watts(node.power)}"
        )
        middle = node.y + high / 2
        if keyed:
            drawing.text(box.right + 3.0, max(middle + 4.0, 11.0), str(index + 1), size=SMALL, look="bold")
            continue
        room = (drawing.frame.width if node.layer == layers else (node.layer + 1) * step) - box.right - 10.0
        lines = wrap(node.name, room, SMALL * 1.06)
        top = max(middle - 7.0 * (len(lines) + 1) + 10.0, 11.0)
        for line, text in enumerate(lines):
            drawing.text(box.right + 5.0, top + 13.0 * line, text, size=SMALL, look="bold")
        drawing.text(box.right + 5.0, top + 13.0 * len(lines), fit(_watts(node.power), room, SMALL), size=SMALL)


def _draw_key(drawing: Drawing, nodes: dict[str, Node], top: float, columns: int) -> None:
    rows = math.ceil(len(nodes) / columns)
    column = drawing.frame.width / columns
    for index, node in enumerate(nodes.values()):
        x, y = index // rows * column, top + index % rows * _LEGEND_ROW
        value = _watts(node.power)
        drawing.text(x + 18.0, y, str(index + 1), size=SMALL, anchor="end", look="bold")
        room = column - 36.0 - text_width(value, NORMAL)
        drawing.text(x + 24.0, y, fit(node.name, room))
        drawing.text(x + column - 8.0, y, value, anchor="end", look="soft")


def _watts(value: float) -> str:
    return format_value(value, "W")
