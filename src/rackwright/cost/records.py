"""Money."""

from __future__ import annotations

from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num, field, record


@record
class Economics:
    """How one kind of owner finances, builds, staffs and insures.

    Rates per year are shares of the purchase price; `year`, `hour` and `megawatt` are the units results are quoted in.
    """

    year: Num = field("s", "the year that annual figures refer to")
    hour: Num = field("s", "the hour of a price per accelerator-hour")
    megawatt: Num = field("W", "the megawatt of a cost per megawatt and year")
    horizon: Num = field("s", "years in service that a serving plan assumes when the case states none")
    cost_of_capital: Num = field("1", "weighted average cost of capital per year")
    life_it: Num = field("s", "economic life of accelerators, servers and racks")
    life_network: Num = field("s", "economic life of network equipment")
    life_mep: Num = field("s", "economic life of the power and cooling plant")
    life_shell: Num = field("s", "economic life of the building")
    residual_it: Num = field("1", "resale value of IT at the end of its life over its price")
    residual_network: Num = field("1", "the same for network equipment")
    residual_mep: Num = field("1", "the same for power and cooling plant")
    residual_shell: Num = field("1", "the same for the building")
    installation: Num = field("1", "freight, placing, cabling and commissioning of IT and network over their price")
    soft_cost: Num = field("1", "design, permits and owner's costs over construction cost")
    contingency: Num = field("1", "reserve for what goes wrong over construction cost")
    land_cost: Num = field("USD/W", "land per watt of rated IT power")
    new_build: Num = field("1", "1: the facility is built and owned; 0: it is rented; between: a mix")
    rent: Num = field("USD/J", "rent of a ready facility per watt of rated IT power and second, electricity apart")
    maintenance_it: Num = field("1", "repair and support of IT per year over its price, spares apart")
    maintenance_network: Num = field("1", "the same for network equipment")
    maintenance_facility: Num = field("1", "upkeep of the facility per year over construction cost")
    software: Num = field("1", "licences and vendor software support per year over IT price")
    staff: Num = field("1/W", "people on the site's payroll per watt of rated IT power")
    wage: Num = field("USD", "loaded cost of one of them per year")
    water_price: Num = field("USD/m^3", "price of water, sewer included")
    wire_input: Num = field("B", "bytes on the wire per input token (or per token of training text)")
    wire_output: Num = field("B", "bytes on the wire per streamed output token")
    transit_price: Num = field("USD/B", "price of internet transit per byte carried")
    insurance: Num = field("1", "property insurance per year over insured value")
    property_tax: Num = field("1", "property tax per year over the value of the owned facility and land")


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
    per_mw_year: Num = field("USD", "cost per megawatt of rated IT power and year")
