"""Emissions."""

from __future__ import annotations

from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num, field, record


@record
class Carbon:
    """Emissions of one workload."""

    embodied: Breakdown = field("", "emissions before service, by part [kgCO2e]")
    annual: Breakdown = field("", "emissions per year: operation, and embodied spread over lives [kgCO2e]")
    total: Num = field("kgCO2e", "emissions over the horizon (training: share used by the run)")
    per_mtoken: Num = field("kgCO2e", "emissions per million tokens")
