"""What running the cluster costs per year."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num
from rackwright.cost.capital import by_asset_class
from rackwright.cost.records import Economics
from rackwright.performance.records import Fleet
from rackwright.site.records import Location, Site
from rackwright.system.records import Cluster


def running_cost(
    cluster: Cluster, site: Site, fleet: Fleet, location: Location, economics: Economics, capex: Breakdown
) -> Breakdown:
    """Return the cost of operation per year, by cause [USD per year].

    energy               = E_meter p_electricity                                                          (1)
    water                = V_site p_water                                                                 (2)
    maintenance/class    = m_class C_class,   class = it, network, facility (mep and shell)               (3)
    software             = s C_it                                                                         (4)
    staff                = staff P_rated wage                                                             (5)
    bandwidth            = see `bandwidth_cost`                                                           (6)
    rent                 = (1 - new_build) rent P_rated year                                              (7)
    insurance            = i (C_it + C_network + C_mep + C_shell)                                         (8)
    property_tax         = t (C_mep + C_shell + C_land)                                                   (9)

    The rate m_network also covers optics; spare parts are bought with the cluster and not counted again here. A rented
    facility is maintained, staffed by its owner's technicians and taxed through the rent; the people in (5) run the
    cluster.

    Sources: rates and prices are facts of `Economics` and `Location`.
    """
    value = by_asset_class(capex, economics)
    facility = value["mep"] + value["shell"]
    parts = {
        "energy": site.energy * location.electricity_price,
        "water": site.water_site * economics.water_price,
        "maintenance/it": value["it"] * economics.maintenance_it,
        "maintenance/network": value["network"] * economics.maintenance_network,
        "maintenance/facility": facility * economics.maintenance_facility,
        "software": value["it"] * economics.software,
        "staff": cluster.power_rated * economics.staff * economics.wage,
        "bandwidth": bandwidth_cost(fleet, economics),
        "rent": (1.0 - economics.new_build) * economics.rent * cluster.power_rated * economics.year,
        "insurance": (value["it"] + value["network"] + facility) * economics.insurance,
        "property_tax": (facility + value["land"]) * economics.property_tax,
    }
    return Breakdown("USD", parts, "Operation")


def bandwidth_cost(fleet: Fleet, economics: Economics) -> Num:
    """Return what internet transit costs per year [USD per year].

    C = (tokens_in wire_in + tokens_out wire_out) year p_transit                                          (1)

    Tokens are text at this point: a prompt of a few bytes per token comes in, a stream of small events goes out. A
    training run (no input tokens) takes its text in once: wire_in per token trained.

    Sources: `wire_input`, `wire_output` and `transit_price` of `Economics`.
    """
    wire_output = ops.where(fleet.input_tokens > 0.0, economics.wire_output, economics.wire_input)
    flow = fleet.input_tokens * economics.wire_input + fleet.output_tokens * wire_output
    return flow * economics.year * economics.transit_price
