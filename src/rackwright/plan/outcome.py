"""One design, and everything the rooms say about it."""

from __future__ import annotations

from typing import Any

from rackwright.base.limit import Limit
from rackwright.base.record import field, record
from rackwright.carbon.records import Carbon
from rackwright.catalogue.records import Accelerator, SystemSpec
from rackwright.cost.records import Cost
from rackwright.fabric.records import Fabric
from rackwright.performance.records import Fleet, Mapping, Serving, Training
from rackwright.site.records import FacilityYear, Location, Site
from rackwright.supply.records import Supply
from rackwright.system.records import Cluster


@record
class Design:
    """A block of designs of one workload: categorical choices as integer codes (designs, 1), and the mapping."""

    system: Any = field("", "row of the systems table")
    site: Any = field("", "row of the locations table")
    cooling: Any = field("", "position in the case's list of coolings")
    mapping: Mapping = field("", "how a replica or the job is laid over accelerators")
    prefill: Mapping | None = field("", "mapping of the prefill pool when prefill and decode are disaggregated")


@record
class Chosen:
    """The catalogue records that a design's codes stand for."""

    chip: Accelerator = field("", "accelerator")
    spec: SystemSpec = field("", "system")
    fabric: Fabric = field("", "network as the performance room sees it")


@record
class Outcome:
    """A block of designs from mapping to dates."""

    chosen: Chosen = field("", "catalogue records in use")
    performance: Serving | Training = field("", "how fast")
    fleet: Fleet = field("", "how many, how busy")
    cluster: Cluster = field("", "what to buy")
    location: Location = field("", "where")
    year: FacilityYear = field("", "the facility's year")
    site: Site = field("", "the facility")
    cost: Cost = field("", "money")
    carbon: Carbon = field("", "emissions")
    supply: Supply = field("", "dates")
    limits: tuple[Limit, ...] = field("", "every limit of every room")
