"""Money."""

from __future__ import annotations

from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num, field, record


@record
class Cost:
    """Money for one workload."""

    capex: Breakdown = field("", "money spent before service, by part [USD]")
    annual: Breakdown = field("", "cost per year: capital charge by asset class and operation by cause [USD]")
    total: Num = field("USD", "total cost of ownership over the horizon (training: share of it used by the run)")
    per_output_mtoken: Num = field("USD", "cost of a million output tokens (training: of a million trained tokens)")
    per_input_mtoken: Num = field("USD", "cost of a million input tokens; 0 for training")
    per_mtoken: Num = field("USD", "cost of a million tokens, input and output together")
    per_accelerator_hour: Num = field("USD", "all-in cost of one accelerator for one hour in service")
    per_mw_year: Num = field("USD", "cost per megawatt of peak IT power and year")
