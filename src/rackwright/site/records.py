"""Locations, cooling and the facility's year."""

from __future__ import annotations

from rackwright.base.breakdown import Breakdown
from rackwright.base.limit import Limit
from rackwright.base.record import Num, field, record


@record
class Location:
    """One place: grid, prices and building cost. Text attributes: climate (id), country (ISO 2), name."""

    electricity_price: Num = field("USD/J", "price of electricity to a large user, network and levies included")
    carbon_intensity: Num = field("kgCO2e/J", "grid intensity, annual mean")
    construction_cost: Num = field("USD/W", "facility cost per watt of critical IT load")
    source_water: Num = field("m^3/J", "water evaporated by power plants per unit of electricity")
    water_stress: Num = field("1", "baseline water stress, 0 (none) to 1 (extreme)")
    interconnect_time: Num = field("s", "time to get a large grid connection")


@record
class FacilityYear:
    """A year of facility overhead as a polynomial in IT load, so that any number of designs can share it.

    overhead power / rated IT power = fixed + linear * l + square * l^2 + cube * l^3,  l = IT load / rated IT power

    All coefficients are annual means over 8,760 hours; `peak_*` are those of the hour that draws most at full load.
    """

    fixed: Num = field("1", "part of the overhead that does not depend on load")
    linear: Num = field("1", "part in proportion to load")
    square: Num = field("1", "part with the square of load")
    cube: Num = field("1", "part with the cube of load")
    peak: Num = field("1", "overhead over rated IT power in the worst hour at full load")
    water: Num = field("m^3/J", "site water per unit of IT energy")
    trim_hours: Num = field("1", "hours per year in which a compressor runs")
    parts: Breakdown = field("", "overhead at full load by cause, share of IT power, annual mean [1]")
    parts_peak: Breakdown = field("", "the same in the worst hour [1]")


@record
class Site:
    """The facility for one cluster."""

    pue: Num = field("1", "annual mean power usage effectiveness")
    pue_peak: Num = field("1", "PUE of the worst hour at full load")
    wue: Num = field("m^3/J", "site water per unit of IT energy")
    trim_hours: Num = field("1", "hours per year with compressors")
    facility_power: Num = field("W", "mean power at the meter")
    feeder_power: Num = field("W", "size of the grid connection: worst hour, full load")
    energy: Num = field("J", "energy at the meter per year")
    water_site: Num = field("m^3", "water evaporated and blown down at the site per year")
    water_source: Num = field("m^3", "water evaporated by the power plants per year")
    supply_temperature: Num = field("K", "coolant or air supply temperature in use")
    power: Breakdown = field("", "mean power from grid to IT by stage [W]")
    construction: Breakdown = field("", "cost of the facility by part [USD]")
    limits: tuple[Limit, ...] = field("", "what the cooling can carry: rack power, chip temperature, liquid share")
