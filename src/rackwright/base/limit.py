"""`Limit`: a bound that a design keeps or breaks, with its margin. Infeasible is data, never an error."""

from __future__ import annotations

import math

from rackwright.base import ops
from rackwright.base.record import Num, field, record

_SLIVER = 1e-12


@record
class Limit:
    """Something that must not exceed (or fall below) a bound.

    margin = (bound - value) / |bound|  for a ceiling,  (value - bound) / |bound|  for a floor;  negative when broken.
    """

    name: str = field("", "what is limited, in words a planner uses")
    unit: str = field("", "SI unit of value and bound")
    value: Num = field("", "what the design needs or reaches")
    bound: Num = field("", "what is allowed")
    floor: bool = field("", "True when the value must be at least the bound", default=False)
    filled: bool = field(
        "", "True for what a design fills on purpose, such as a rack: little left binds nothing", default=False
    )

    @property
    def margin(self) -> Num:
        """Relative distance to the bound; negative when the limit is broken."""
        gap = self.value - self.bound if self.floor else self.bound - self.value
        # A bound of zero has no scale of its own; a sliver of the value keeps the sign and the dimension.
        scale = ops.maximum(ops.absolute(self.bound), ops.absolute(self.value) * _SLIVER)
        return ops.where(scale == 0.0, 0.0, gap / ops.where(scale == 0.0, math.inf, scale))
