"""`Breakdown`: named parts of one unit that add up; step time, power, cost, area, mass and carbon are all one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from rackwright.base.ops import summed
from rackwright.base.record import Num
from rackwright.base.trace import Traced
from rackwright.base.units import dimension


class Breakdown(Mapping[str, Num]):
    """An immutable mapping of part name to amount; nested parts have names such as `racks/servers`.

    Parameters
    ----------
    unit : the SI unit all parts share
    parts : amounts by name, each a number, a block of numbers, or traced
    title : what the sum is called, used to label traced parts
    """

    __slots__ = ("_parts", "_total", "title", "unit")

    def __init__(self, unit: str, parts: Mapping[str, Num], title: str = "Breakdown") -> None:
        self.unit, self.title = unit, title
        self._parts: dict[str, Num] = {name: _named(value, f"{title}/{name}", unit) for name, value in parts.items()}
        self._total: Num | None = None

    def __getitem__(self, name: str) -> Num:
        return self._parts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __repr__(self) -> str:
        return f"Breakdown({self.title} [{self.unit}]: {', '.join(self._parts)})"

    @property
    def total(self) -> Num:
        """The sum of all parts."""
        if self._total is None:
            total = summed(self._parts.values())
            self._total = _named(total, self.title, self.unit)
        return self._total

    def scaled(self, factor: Num, *, unit: str = "", title: str = "") -> Breakdown:
        """Return every part times `factor`, in `unit` when the factor changes it."""
        parts = {name: value * factor for name, value in self.items()}
        return Breakdown(unit or self.unit, parts, title or self.title)

    def joined(self, other: Mapping[str, Num], *, title: str = "") -> Breakdown:
        """Return the parts of both, adding up those of the same name."""
        parts = dict(self._parts)
        for name, value in other.items():
            parts[name] = parts[name] + value if name in parts else value
        return Breakdown(self.unit, parts, title or self.title)

    def under(self, prefix: str) -> dict[str, Num]:
        """Return the parts with `prefix/` put before their names, for joining into a larger breakdown."""
        return {f"{prefix}/{name}": value for name, value in self.items()}

    def top(self) -> Breakdown:
        """Return the first level only: parts summed by the text before the first `/`."""
        grouped: dict[str, Num] = {}
        for name, value in self.items():
            head = name.split("/", 1)[0]
            grouped[head] = grouped[head] + value if head in grouped else value
        return Breakdown(self.unit, grouped, self.title)

    def map(self, function: Callable[[Num], Any]) -> dict[str, Any]:
        """Return {name: function(part)}, for instance to pick one design out of a block."""
        return {name: function(value) for name, value in self.items()}


def _named(value: Any, label: str, unit: str) -> Any:
    if type(value) is Traced:
        return value.labelled(label, unit)
    if isinstance(value, Traced):
        dimension(unit)
    return value
