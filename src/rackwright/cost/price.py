"""The face of the cost room: what one workload costs, and what a token costs."""

from __future__ import annotations

import math

from rackwright.base import ops
from rackwright.base.record import Num
from rackwright.cost.capital import capital_charges, outlay
from rackwright.cost.operation import running_cost
from rackwright.cost.records import Cost, Economics
from rackwright.performance.records import Fleet
from rackwright.site.records import Location, Site
from rackwright.system.records import Cluster

_MILLION = 1e6


def price(cluster: Cluster, site: Site, fleet: Fleet, location: Location, economics: Economics) -> Cost:
    """Price one workload: outlay, annual cost, total cost of ownership and unit costs.

    A = sum over asset classes of the capital charge + sum of the running costs  [USD per year]           (1)
    total = A duration / year                                                                             (2)
    per accelerator-hour = A / (N_accelerators year / hour)                                               (3)
    per MW-year = A / (P_rated / megawatt)                                                                (4)
    cost of a million tokens: see `token_costs`                                                           (5)

    Because (1) charges every asset the level annuity that repays it with interest over its own life [1], (2) is an
    annualised total cost of ownership: it holds for a horizon that is shorter or longer than the life of any asset
    (which is then replaced at the same price), and discounting (1) over the life of an asset gives back its price, so
    ranking designs by (1) is ranking them by net present cost over a common multiple of their lives [1]. For training,
    `duration` is that of the run, and (2) is the run's share of the cluster's cost.

    Every installed accelerator counts in (3), spares included and whether or not it is busy: divide by the utilisation
    for the cost of a busy hour. (4) is per megawatt of nameplate IT power, as published models count it.

    Shapes: every field of the records is a number, (designs, 1) or (designs, samples); so is the result.

    References
    ----------
    [1] Park, Contemporary Engineering Economics, chapters 5 and 6 (annual equivalent worth, capital recovery).
    """
    capex = outlay(cluster, site, economics)
    running = running_cost(cluster, site, fleet, location, economics, capex)
    annual = capital_charges(capex, economics).joined(running, title="Cost per year")
    spent = annual.total
    per_input, per_output, per_token = token_costs(spent, fleet, economics)
    return Cost(
        capex=capex,
        annual=annual,
        total=spent * (fleet.duration / economics.year),
        per_output_mtoken=per_output,
        per_input_mtoken=per_input,
        per_mtoken=per_token,
        per_accelerator_hour=spent / cluster.accelerators * (economics.hour / economics.year),
        per_mw_year=spent / (cluster.power_rated / economics.megawatt),
    )


def token_costs(spent: Num, fleet: Fleet, economics: Economics) -> tuple[Num, Num, Num]:
    """Split a year's cost over input and output tokens; returns USD per million (input, output, both together).

    T_in = tokens_in year,  T_out = tokens_out year                                                       (1)
    c_in  = s A / T_in,   c_out = (1 - s) A / T_out                                                       (2)
    c     = A / (T_in + T_out)                                                                            (3)
    so that c_in T_in + c_out T_out = A exactly                                                           (4)

    s is the share of accelerator time spent on input tokens. Idle time is charged in the same proportion. Where there
    are no input tokens (training), s is 0 and so is c_in; where nothing is generated (embedding), s is 1 and c_out 0.

    Sources: the split by accelerator time is ours; `prefill_share` comes from the performance room.
    """
    reads, writes = fleet.input_tokens, fleet.output_tokens
    share = ops.where(reads > 0.0, ops.where(writes > 0.0, fleet.prefill_share, 1.0), 0.0)
    scaled = spent / economics.year * _MILLION
    return (
        share * scaled / ops.where(reads > 0.0, reads, math.inf),
        (1.0 - share) * scaled / ops.where(writes > 0.0, writes, math.inf),
        scaled / (reads + writes),
    )
