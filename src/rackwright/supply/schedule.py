"""Two paths to first tokens, the facility's and the systems', and the ramp to full capacity."""

from __future__ import annotations

from dataclasses import dataclass

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num
from rackwright.site.records import Location, Site
from rackwright.supply.parts import longest_only
from rackwright.supply.records import SourcingFacts
from rackwright.system.records import Cluster


def facility_path(site: Site, location: Location, facts: SourcingFacts) -> Breakdown:
    """Return the time until the facility can power its first racks, by step in sequence [s].

    New building (new_build = 1):
    build     = design + construction                                                                     (1)
    equipment = max over equipment of its lead time + installation of equipment                           (2)
    wait for equipment = max(0, equipment - build), counted under the equipment that comes last           (3)
    wait for the grid  = max(0, t_grid - max(build, equipment))                                           (4)
    t = build + wait for equipment + wait for the grid + commissioning
      = max(design + construction, equipment, t_grid) + commissioning                                     (5)

    Existing facility (new_build = 0): t = time to contract and fit out                                   (6)

    Equipment and grid connection are ordered on the same day as the parts. Above `large_load` at the feeder, t_grid is
    the location's interconnection queue and construction that of a large building; chillers are ordered where
    compressors run.

    Sources: critical path method; rows of kind `equipment` and `step` in data/lead_times.yaml; the queue is a fact of
    the location.
    """
    steps, terms = facts.steps, facts.terms
    large = site.feeder_power >= terms.large_load
    construction = ops.where(large, steps["construction-large"], steps["construction-small"])
    grid = ops.where(large, location.interconnect_time, ops.minimum(steps["grid-small"], location.interconnect_time))
    build = steps["design"] + construction
    equipment = _equipment(site, facts)
    longest = ops.maximum(*equipment.values())
    delivered = longest + steps["equipment-installation"]
    wait = ops.maximum(delivered - build, 0.0)
    parts = {
        "design": steps["design"],
        "construction": construction,
        **{f"equipment/{name}": time for name, time in longest_only(equipment, longest, wait).items()},
        "grid_connection": ops.maximum(grid - (build + wait), 0.0),
        "commissioning": steps["commissioning"],
    }
    share = terms.new_build
    path = {name: time * share for name, time in parts.items()}
    path["colocation"] = steps["colocation"] * (1.0 - share)
    return Breakdown("s", path, "Facility")


def _equipment(site: Site, facts: SourcingFacts) -> dict[str, Num]:
    times = dict(facts.equipment)
    times["chillers"] = times["chillers"] * ops.where(site.trim_hours > 0.0, 1.0, 0.0)
    return times


@dataclass(frozen=True)
class Schedule:
    """The critical path and the two dates."""

    steps: Breakdown
    first_tokens: Num
    full_capacity: Num


def join_paths(cluster: Cluster, lead_times: Breakdown, facility: Breakdown, facts: SourcingFacts) -> Schedule:
    """Join the systems' path and the facility's into dates, counted from the order [s].

    systems  = max over parts of the lead time + rack integration + factory soak + shipping               (1)
    first tokens  = max(systems, facility) + min(first_block, N) / rack_rate + acceptance                 (2)
    full capacity = first tokens + max(N' / rack_rate, new_build P_rated N' / N / power_rate),
                    N' = max(0, N - first_block)                                                          (3)

    N counts racks of systems and of network. Steps off the critical path contribute 0, so the steps add up to (2)
    exactly. In an existing facility power is there, and only the racks ramp.

    Sources: critical path method; `SourcingTerms` and rows of kind `chain` and `step` in data/lead_times.yaml.
    """
    terms, chain = facts.terms, facts.chain
    longest = ops.maximum(*lead_times.values())
    systems = {f"parts/{name}": time for name, time in longest_only(lead_times, longest, longest).items()}
    systems["rack_integration"] = chain["rack-integration"]
    systems["soak_test"] = chain["soak-test"]
    systems["shipping"] = facts.steps["shipping"]
    systems_last = ops.where(ops.summed(systems.values()) >= facility.total, 1.0, 0.0)
    racks = cluster.racks + cluster.network_racks
    later = ops.maximum(racks - terms.first_block, 0.0)
    path = {name: time * systems_last for name, time in systems.items()}
    path |= {f"facility/{name}": time * (1.0 - systems_last) for name, time in facility.items()}
    path["placing_racks"] = (racks - later) / terms.rack_rate
    path["acceptance"] = facts.steps["acceptance"]
    steps = Breakdown("s", path, "First tokens")
    power = terms.new_build * cluster.power_rated * (later / racks)
    ramp = ops.maximum(later / terms.rack_rate, power / terms.power_rate)
    return Schedule(steps, steps.total, steps.total + ramp)
