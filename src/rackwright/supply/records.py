"""Dates and dependence."""

from __future__ import annotations

from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num, field, record


@record
class Supply:
    """Dates counted in seconds from the order date, and shares of spend."""

    lead_times: Breakdown = field("", "time from order to delivery by part class [s]; parts run in parallel")
    facility: Breakdown = field("", "time until the facility can power racks, by step that runs in sequence [s]")
    steps: Breakdown = field("", "the critical path to first tokens, by step in sequence [s]")
    first_tokens: Num = field("s", "time from order until the first replica answers")
    full_capacity: Num = field("s", "time from order until everything is in service")
    single_source_share: Num = field("1", "share of spend with one qualified maker")
    single_country_share: Num = field("1", "largest share of spend that depends on one country")
