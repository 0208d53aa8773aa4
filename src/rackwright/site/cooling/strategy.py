"""What a cooling strategy is, and the register of all strategies.

A strategy is one small file that registers, under its name, how heat leaves by liquid and how it leaves by air. Each
path is a function of (weather, supply temperature, facts) that returns a `Draw` per hour and watt of IT heat carried.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rackwright.base.errors import UnknownNameError
from rackwright.base.record import Num, field, record
from rackwright.site.records import SiteFacts, Weather


@record
class Draw:
    """What one path draws at full load, per watt of IT heat it carries; hours on the last axis."""

    air_fans: Num = field("1", "fans that move air through the hall or outdoor air through the servers")
    outdoor_fans: Num = field("1", "fans of towers and dry coolers")
    pumps: Num = field("1", "pumps of all loops")
    compressors: Num = field("1", "chillers and trim compressors")
    water: Num = field("m^3/J", "water evaporated and blown down")
    trim: Num = field("1", "1 in hours in which a compressor runs")
    humid: Num = field("1", "1 in hours in which supply air exceeds the dew-point limit")


Path = Callable[[Weather, Num, SiteFacts], Draw]


@dataclass(frozen=True)
class Strategy:
    """How heat leaves by liquid and by air.

    A strategy for air machines has the same path twice, so has immersion; a hybrid one has two, and its air path
    works at the supply temperature of the hall rather than that of the coolant.
    """

    liquid: Path
    air: Path
    hybrid: bool


_STRATEGIES: dict[str, Strategy] = {}


def register(name: str, path: Path, *, air: Path | None = None) -> None:
    """Register a strategy under `name`; `air` carries what the liquid of a hybrid machine does not."""
    _STRATEGIES[name] = Strategy(path, air or path, hybrid=air is not None)


def strategy(name: str) -> Strategy:
    """Return the strategy registered under `name`.

    Raises
    ------
    UnknownNameError
        If there is none; the error names the nearest ones.
    """
    try:
        return _STRATEGIES[name]
    except KeyError:
        raise UnknownNameError("cooling", name, _STRATEGIES) from None


def strategies() -> tuple[str, ...]:
    """Return the names of all strategies."""
    return tuple(sorted(_STRATEGIES))
