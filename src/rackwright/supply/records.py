"""Dates and dependence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num, field, record


@record
class LeadTime:
    """Time from order to delivery, or duration of a step. Text attributes: name, kind, part_class."""

    time: Num = field("s", "time from order to delivery, or duration of the step")


@record
class SourcingTerms:
    """Where the racks go and how fast they can be placed and powered."""

    rack_rate: Num = field("1/s", "racks placed and connected per unit of time")
    power_rate: Num = field("W/s", "IT power that a growing new site brings into service per unit of time")
    first_block: Num = field("1", "racks that are placed before the first replica is brought up")
    large_load: Num = field("W", "grid connection above which the location's interconnect queue applies")
    new_build: Num = field("1", "1: the facility is built for the cluster; 0: space in an existing one")
    least_share: Num = field("1", "share of a component's supply that must be left for a part to count as available")
    sole_share: Num = field("1", "share of a component's supply from which its maker counts as the only source")


@record
class Supplier:
    """One maker of one component. Text attributes: component, maker, countries (ISO 2, separated by blanks)."""

    share: Num = field("1", "share of the component's world supply")


@record
class Maker:
    """One maker of one component, with the countries it can build in."""

    name: str = field("", "who")
    countries: tuple[str, ...] = field("", "where, any of them")
    share: Num = field("1", "share of the component's world supply")


@record
class SourcingFacts:
    """Everything the supply room knows, ready for use: see `supply.facts.sourcing_facts`.

    parts, equipment, chain, steps and accelerators hold times [s] by row of the lead-time table.
    """

    day: Num = field("s", "one day")
    terms: SourcingTerms = field("", "rates, thresholds and the kind of facility")
    parts: Mapping[str, Num] = field("", "lead times of parts of the cluster, accelerators apart [s]")
    equipment: Mapping[str, Num] = field("", "lead times of facility equipment [s]")
    chain: Mapping[str, Num] = field("", "steps from wafer start to tested rack [s]")
    steps: Mapping[str, Num] = field("", "steps on site and in transit [s]")
    accelerators: Mapping[str, Num] = field("", "lead times of accelerators by class of availability [s]")
    part_class: Mapping[str, str] = field("", "part class that a part belongs to")
    components: Mapping[str, tuple[tuple[str, ...], ...]] = field(
        "", "components without which a part class cannot be made: one set, or one per origin of the accelerator"
    )
    makers: Mapping[str, tuple[Maker, ...]] = field("", "makers by component")
    exposures: Mapping[str, Mapping[str, Any]] = field(
        "", "by part class and country, how much depends on it [1]: a number, or a column with one row per origin"
    )
    largest_maker: Mapping[str, Any] = field("", "by part class, share of the largest maker of any component, likewise")


@record
class ChipSource:
    """How the accelerator of a design is bought: see `supply.facts.ChipOrigins`."""

    lead_time: Num = field("s", "time from order to delivery once the accelerator is on the market")
    available_in: Num = field("s", "time from order to the accelerator's release; 0 when it is on the market")
    origin: Any = field("", "integer position in `supply.makers.ORIGINS`: its foundry, and whether it has HBM")


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
