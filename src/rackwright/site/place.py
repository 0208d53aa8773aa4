"""The facility for one cluster: what it draws, drinks, costs to build, and what its cooling can carry."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.limit import Limit
from rackwright.base.record import Num
from rackwright.performance.records import Fleet
from rackwright.site.power_chain import conversion_efficiency
from rackwright.site.records import Coolant, CoolingSpec, FacilityYear, Location, Site, SiteFacts
from rackwright.site.thermal import liquid_share
from rackwright.site.year import by_law
from rackwright.system.records import Cluster

Moments = dict[str, Num]


def place(
    cluster: Cluster,
    fleet: Fleet,
    year: FacilityYear,
    location: Location,
    coolant: Coolant,
    cooling: CoolingSpec,
    facts: SiteFacts,
) -> Site:
    """Put a cluster into a facility.

    PUE = 1 + (a_0 + a_1 E[l] + a_2 E[l^2] + a_3 E[l^3]) / E[l]          l = IT load / rated IT power      (1)
    P_meter = P_rated (E[l] + sum_k a_k E[l^k]);   energy = P_meter * year                                 (2)
    feeder = P_rated (l_p + sum_k a_k,peak l_p^k) + t (P_transient - P_peak),   l_p = P_peak / P_rated     (3)
    PUE_peak = 1 + sum_k a_k,peak                                                                          (4)
    TUE = PUE / eta,   eta from the rack inlet to the dies                                                 (5)
    construction = c P_rated (1 + AI premium) f_cooling, split by the published shares                     (6)

    t is the share of short-time peaks that storage and inertia let through to the meter.

    Parameters
    ----------
    cluster, fleet : IT power [W] and the moments of its load
    year : overhead polynomial of climate, cooling and supply temperature
    location : prices [USD/W], water [m^3/J]
    coolant : supply temperature [K] and thermal resistances [K/W]
    cooling : what it can carry
    facts : constants

    Returns
    -------
    Site, fields (designs, 1), (designs, samples) or numbers; broken limits have negative margins

    References
    ----------
    [1] ISO/IEC 30134-2 (PUE) and 30134-9 (WUE); Patterson and others, "TUE, a new energy-efficiency metric", 2013.
    [2] Cushman & Wakefield, Data Center Development Cost Guide 2025, for the split of (6).
    """
    moments = load_moments(cluster, fleet)
    power = _power(cluster, year, moments)
    mean_power = moments["linear"] * cluster.power_rated
    pue = power.total / mean_power
    energy = power.total * facts.year
    share = liquid_share(cluster.liquid_share, cooling)
    return Site(
        pue=pue,
        pue_peak=1.0 + year.peak,
        tue=pue / conversion_efficiency(share, facts),
        wue=year.water,
        trim_hours=year.trim_hours,
        facility_power=power.total,
        feeder_power=_feeder(cluster, year, facts),
        energy=energy,
        water_site=year.water * mean_power * facts.year,
        water_source=location.source_water * energy,
        supply_temperature=coolant.supply,
        power=power,
        construction=_construction(cluster, location, cooling, facts),
        limits=_limits(cluster, year, coolant, cooling, share),
    )


def load_moments(cluster: Cluster, fleet: Fleet) -> Moments:
    """Mean, mean square and mean cube of IT load over rated IT power, over the year.

    P = P_idle + (P_mean - P_idle) x,   E[x] = 1,  E[x^2] = s_2,  E[x^3] = s_3                             (7)
    m = P_mean / P_rated,   b = (P_mean - P_idle) / P_mean
    E[l] = m,   E[l^2] = m^2 (1 + b^2 (s_2 - 1)),   E[l^3] = m^3 (1 + 3 b^2 (s_2 - 1) + b^3 (s_3 - 3 s_2 + 2))

    x is load over its mean: IT power is idle power plus a part that follows load.
    """
    mean = cluster.power_mean / cluster.power_rated
    swing = ops.maximum(1.0 - cluster.power_idle / cluster.power_mean, 0.0)
    variance = swing * swing * (fleet.load_square - 1.0)
    third = swing * swing * swing * (fleet.load_cube - 3.0 * fleet.load_square + 2.0)
    return {
        "fixed": 1.0,
        "linear": mean,
        "square": mean * mean * (1.0 + variance),
        "cube": mean * mean * mean * (1.0 + 3.0 * variance + third),
    }


def _power(cluster: Cluster, year: FacilityYear, moments: Moments) -> Breakdown:
    """Mean power by stage: every cause at the moment of its own law of load."""
    parts: dict[str, Num] = {"IT": cluster.power_rated * moments["linear"]}
    for name, coefficient in year.parts.items():
        cause, law = name.split("/")
        drawn = cluster.power_rated * coefficient * moments[law]
        parts[cause] = parts[cause] + drawn if cause in parts else drawn
    return Breakdown("W", parts, "Facility power")


def _feeder(cluster: Cluster, year: FacilityYear, facts: SiteFacts) -> Num:
    load = cluster.power_peak / cluster.power_rated
    worst = by_law(year.parts_peak)
    overhead = worst["fixed"] + load * (worst["linear"] + load * (worst["square"] + load * worst["cube"]))
    short_time = ops.maximum(cluster.power_transient - cluster.power_peak, 0.0)
    return cluster.power_rated * (load + overhead) + facts.transient_share * short_time


def _construction(cluster: Cluster, location: Location, cooling: CoolingSpec, facts: SiteFacts) -> Breakdown:
    cost = location.construction_cost * cluster.power_rated * (1.0 + facts.ai_premium) * cooling.construction_factor
    shares = {
        "power and cooling": facts.cost_critical,
        "shell": facts.cost_shell,
        "site works": facts.cost_land_works,
        "white space": facts.cost_white_space,
        "back of house": facts.cost_back_of_house,
        "offices": facts.cost_office,
    }
    return Breakdown("USD", {name: cost * share for name, share in shares.items()}, "Construction")


def _limits(
    cluster: Cluster, year: FacilityYear, coolant: Coolant, cooling: CoolingSpec, share: Num
) -> tuple[Limit, ...]:
    """What the cooling can carry. A rack is full when either its air or its liquid is: 1 / max((1-s)/A, s/L)."""
    carried = 1.0 / ops.maximum((1.0 - share) / cooling.rack_air, share / cooling.rack_liquid)
    stranded = cluster.needs_liquid * ops.maximum(cluster.liquid_share - cooling.accepts_liquid, 0.0)
    missing = ops.maximum(cooling.requires_liquid - cluster.liquid_share, 0.0)
    return (
        Limit("heat of a rack", "W", cluster.rack_power, carried),
        Limit("chip thermal resistance", "K/W", coolant.resistance, coolant.required_resistance),
        Limit("liquid or air to take the heat", "1", 1.0 - stranded - missing, 1.0, floor=True),
        Limit("hours above the dew-point limit", "1", year.humid_hours, cooling.humid_hours),
    )
