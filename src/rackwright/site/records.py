"""Locations, weather, cooling and the facility's year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

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
class Climate:
    """One climate as 36 monthly normals and its extremes.

    Vectors in the table, degC, January first: daily_max, daily_min, dew_point. Text attributes: name, normals (source).
    """

    elevation: Num = field("m", "height above sea level")
    extreme_dry_bulb: Num = field("K", "hottest hour that capacity is sized for")
    extreme_wet_bulb: Num = field("K", "most humid hour that capacity is sized for")


@record
class Weather:
    """Hours of weather, hours on the last axis, and the design hour, which the hours need not contain."""

    dry_bulb: Num = field("K", "air temperature (hours,)")
    dew_point: Num = field("K", "dew point (hours,)")
    wet_bulb: Num = field("K", "thermodynamic wet bulb (hours,)")
    extreme_dry_bulb: Num = field("K", "dry bulb of the design hour")
    extreme_wet_bulb: Num = field("K", "wet bulb of the design hour")

    def thinned(self, step: int) -> Weather:
        """Return every `step`-th hour; a step that shares no factor with 24 keeps all hours of the day alike."""
        hours = {name: np.asarray(getattr(self, name))[..., ::step] for name in ("dry_bulb", "dew_point", "wet_bulb")}
        return replace(self, **hours)


@record
class CoolingSpec:
    """One way of cooling, as a planner chooses it. Text attributes: name, note.

    Supply temperatures come in classes: coldest, coldest + step, ..., `supply_classes` of them.
    """

    rack_air: Num = field("W", "heat that air can carry out of one rack")
    rack_liquid: Num = field("W", "heat that liquid can carry out of one rack")
    accepts_liquid: Num = field("1", "largest share of heat a machine may give to its own liquid loop")
    requires_liquid: Num = field("1", "smallest share of heat a machine must give to its own liquid loop")
    captures: Num = field("1", "share of an air machine's heat that this cooling takes by liquid (immersion: 1)")
    supply_coldest: Num = field("K", "coldest class of supply temperature (air at the inlet, liquid at the rack)")
    supply_step: Num = field("K", "distance between classes")
    supply_classes: Num = field("1", "number of classes")
    sink_resistance: Num = field("K/W", "heat sink to supply, independent of die area (air, oil)")
    sink_area_resistance: Num = field("K*m^2/W", "cold plate to supply, times die area")
    construction_factor: Num = field("1", "facility cost over that of the reference facility")
    humid_hours: Num = field("1", "hours per year in which supply air may exceed the dew-point limit")


@record
class Coolant:
    """The supply temperature a chip gets and the warmest it could stand."""

    supply: Num = field("K", "supply temperature: the warmest class that the chip stands")
    warmest: Num = field("K", "warmest supply temperature at which the chip keeps its limit")
    index: Num = field("1", "position of the class, 0 for the coldest")
    resistance: Num = field("K/W", "thermal resistance of the chip to its supply")
    required_resistance: Num = field("K/W", "largest resistance that keeps the limit at this supply temperature")


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
    humid_hours: Num = field("1", "hours per year in which supply air exceeds the dew-point limit")
    parts: Breakdown = field("", "overhead at full load by cause and law of load, share of IT power, annual mean [1]")
    parts_peak: Breakdown = field("", "the same in the worst hour [1]")


@record
class Site:
    """The facility for one cluster."""

    pue: Num = field("1", "annual mean power usage effectiveness")
    pue_peak: Num = field("1", "PUE of the worst hour at full load")
    tue: Num = field("1", "power at the meter over power at the dies, conversion and server fans included")
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
    limits: tuple[Limit, ...] = field("", "what the cooling can carry: rack power, chip temperature, liquid, humidity")


@record
class SiteFacts:
    """Constants of power chain, cooling plant, thermal path and building; one record per kind of power chain.

    Losses are shares of rated IT power: `idle` without load, `linear` with load, `load` with the square of load.
    Fans and pumps are electrical power over heat carried, at design flow.
    """

    year: Num = field("s", "one year")
    substation_idle: Num = field("1", "high-voltage transformer and substation, no-load loss")
    substation_load: Num = field("1", "high-voltage transformer and substation, load loss at rating")
    transformer_idle: Num = field("1", "medium-voltage transformer, no-load loss")
    transformer_load: Num = field("1", "medium-voltage transformer, load loss at rating")
    transformer_ratio: Num = field("1", "installed over needed transformer capacity: N 1, N+1 of four 1.25, 2N 2")
    ups_idle: Num = field("1", "UPS or rack battery, no-load loss")
    ups_linear: Num = field("1", "UPS or rack battery, loss with load")
    ups_load: Num = field("1", "UPS or rack battery, loss with the square of load, at rating")
    ups_ratio: Num = field("1", "installed over needed UPS capacity")
    distribution_linear: Num = field("1", "busway and PDU, loss with load")
    distribution_load: Num = field("1", "busway and PDU, loss with the square of load, at rating")
    lighting: Num = field("1", "lighting, controls and offices over rated IT power")
    shelf_efficiency: Num = field("1", "rack power shelf or server supply, AC to the rack bus")
    bus_efficiency: Num = field("1", "rack bus to 12 V")
    regulator_efficiency: Num = field("1", "12 V to the die")
    server_fan_share: Num = field("1", "server fans over power of a server cooled by air")
    air_handler_fan: Num = field("1", "fans of computer-room air handlers")
    economiser_fan: Num = field("1", "fans of a direct outdoor-air hall")
    door_fan: Num = field("1", "fans of active rear doors")
    tower_fan: Num = field("1", "cooling-tower fans at design approach")
    dry_fan: Num = field("1", "dry-cooler fans at design temperature difference")
    fan_exponent: Num = field("1", "outdoor fan power over (design difference / temperature difference) to this power")
    fan_floor: Num = field("1", "smallest share of design power at which outdoor fans run")
    fan_turndown: Num = field("1", "share of design fan power that remains without load: least speed, spare units")
    pump_turndown: Num = field("1", "share of design pump power that remains without load: least flow, held pressure")
    chilled_pumps: Num = field("1", "chilled-water and condenser-water pumps")
    loop_pumps: Num = field("1", "coolant-distribution and facility-water pumps")
    immersion_pumps: Num = field("1", "tank and facility-water pumps")
    air_rise: Num = field("K", "temperature rise of air through the servers")
    coil_approach: Num = field("K", "supply air minus chilled water in an air handler")
    door_approach: Num = field("K", "supply air minus chilled water in a rear door")
    hybrid_air_supply: Num = field("K", "supply air to the air-cooled share of liquid-cooled machines")
    evaporator_effectiveness: Num = field("1", "direct evaporative cooler, approach to wet bulb")
    dew_point_limit: Num = field("K", "highest dew point allowed at the server inlet")
    direct_expansion_cop: Num = field("1", "coefficient of performance of the trim units of an outdoor-air hall")
    tower_approach: Num = field("K", "tower water minus wet bulb")
    plate_approach: Num = field("K", "across a plate heat exchanger")
    loop_approach: Num = field("K", "across a coolant distribution unit")
    oil_approach: Num = field("K", "tank supply minus facility water")
    dry_approach: Num = field("K", "liquid supply minus outdoor air, dry cooler and distribution unit together")
    free_air_approach: Num = field("K", "chilled water minus outdoor air in a dry economiser")
    wet_economiser_range: Num = field("K", "water too warm by this much: no free cooling left, tower")
    dry_economiser_range: Num = field("K", "air too warm by this much: no free cooling left, dry")
    trim_range: Num = field("K", "coolant too warm by this much: all heat through the trim compressor")
    evaporator_approach: Num = field("K", "chilled water minus evaporating temperature")
    condenser_lift: Num = field("K", "condensing temperature minus wet bulb (water-cooled) or dry bulb (air-cooled)")
    carnot_share_water: Num = field("1", "share of the Carnot efficiency, water-cooled chiller")
    carnot_share_air: Num = field("1", "share of the Carnot efficiency, air-cooled chiller")
    cop_lowest: Num = field("1", "lowest coefficient of performance of a chiller")
    cop_highest: Num = field("1", "highest coefficient of performance of a chiller")
    latent_heat: Num = field("J/kg", "heat of evaporation of water")
    water_density: Num = field("kg/m^3", "density of water")
    cycles: Num = field("1", "cycles of concentration: make-up over blow-down")
    evaporated_share: Num = field("1", "share of tower heat rejected by evaporation at the reference dry bulb")
    evaporated_slope: Num = field("1/K", "rise of that share with dry bulb")
    evaporated_lowest: Num = field("1", "lowest evaporated share")
    evaporated_reference: Num = field("K", "reference dry bulb")
    chip_limit: Num = field("K", "highest junction temperature")
    package_resistance: Num = field("K*m^2/W", "junction to lid and interface material, times die area")
    area_per_power: Num = field("m^2/W", "die area over thermal design power where the area is not published")
    transient_share: Num = field("1", "share of short-time peaks above sustained power that reaches the meter")
    ai_premium: Num = field("1", "extra cost of a facility for AI racks")
    cost_critical: Num = field("1", "share of construction cost: power and cooling")
    cost_shell: Num = field("1", "share of construction cost: shell")
    cost_land_works: Num = field("1", "share of construction cost: site works")
    cost_white_space: Num = field("1", "share of construction cost: white-space fit-out")
    cost_back_of_house: Num = field("1", "share of construction cost: back of house")
    cost_office: Num = field("1", "share of construction cost: offices")


@record
class WeatherFacts:
    """Constants of the weather generator."""

    peak_hour: Num = field("s", "time of the daily maximum after midnight")
    persistence: Num = field("1", "correlation of one day's anomaly with the next")
    deviation_share: Num = field("1", "standard deviation of daily means over the mean daily range")
    deviation_lowest: Num = field("K", "lowest standard deviation of daily means")
    deviation_highest: Num = field("K", "highest standard deviation of daily means")
    dew_share: Num = field("1", "share of a day's anomaly that the dew point follows")
