"""The face of the supply room: when it can run, and on whom it depends."""

from __future__ import annotations

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.site.records import Location, Site
from rackwright.supply.dependence import country_shares, single_source_share
from rackwright.supply.parts import part_lead_times
from rackwright.supply.records import ChipSource, SourcingFacts, Supply
from rackwright.supply.schedule import facility_path, join_paths
from rackwright.system.records import Cluster


def source(cluster: Cluster, site: Site, location: Location, chip: ChipSource, sourcing: SourcingFacts) -> Supply:
    """Return the dates of one workload, counted from the day of the order, and the concentration of its spend.

    first tokens = max(systems, facility) + placing the first racks + acceptance                          (1)
    systems      = longest part lead time + rack integration + factory soak + shipping                    (2)
    facility     = max(design + construction, equipment + its installation, grid) + commissioning,
                   or the time to fit out space in an existing facility                                   (3)
    full capacity = first tokens + the ramp of racks or of power, whichever is slower                     (4)
    single country = max over countries of the share of spend that depends on it                          (5)

    `Supply.lead_times` lists parts and, for a new facility, equipment: all are ordered on the day of the order and run
    in parallel. `Supply.facility` and `Supply.steps` are sequences whose parts add up. Details and the equations behind
    them: `part_lead_times`, `facility_path`, `join_paths`, `country_shares`, `single_source_share`.

    Shapes: numbers, (designs, 1) or (designs, samples). Lead times are quoted ranges of one market at one time: the
    range matters more than the value, and sampled tables carry it to the dates.

    References
    ----------
    [1] Kelley and Walker, Critical-Path Planning and Scheduling, 1959 (longest path through parallel activities).
    [2] data/lead_times.yaml, data/sourcing.yaml and data/suppliers.yaml: every number with its own source.
    """
    lead_times = part_lead_times(cluster, chip, sourcing)
    facility = facility_path(site, location, sourcing)
    schedule = join_paths(cluster, lead_times, facility, sourcing)
    new_build = sourcing.terms.new_build
    equipment = {f"facility/{name}": time * new_build for name, time in sourcing.equipment.items()}
    return Supply(
        lead_times=Breakdown("s", {**lead_times, **equipment}, "Lead time"),
        facility=facility,
        steps=schedule.steps,
        first_tokens=schedule.first_tokens,
        full_capacity=schedule.full_capacity,
        single_source_share=single_source_share(cluster, chip, sourcing),
        single_country_share=ops.maximum(0.0, *country_shares(cluster, chip, sourcing).values()),
    )
