"""Part classes: what is spent on each, and how long each takes."""

from __future__ import annotations

from collections.abc import Mapping

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.record import Num
from rackwright.supply.records import ChipSource, SourcingFacts
from rackwright.system.records import Cluster

# Words of the bill of materials by part class; spares are mostly accelerators, integration is done by who builds racks.
_CLASS_OF_WORD = {
    "accelerators": "accelerators",
    "spares": "accelerators",
    "storage": "storage",
    "racks": "racks",
    "integration": "racks",
    "nics": "nics",
    "switches": "switches",
    "optics": "optics",
    "cables": "cables",
    "management": "switches",
}


def spend_by_class(capex: Breakdown) -> dict[str, Num]:
    """Return what is spent on each part class that is bought [USD].

    S_class = sum of the parts of the bill of materials that belong to the class,  sum S_class = capex    (1)

    A part belongs to the class of the last word of its name that names one; all others are part of the servers.

    Sources: the bill of materials of the system room.
    """
    sums: dict[str, Num] = {}
    for name, amount in capex.items():
        known = [_CLASS_OF_WORD[word] for word in reversed(name.split("/")) if word in _CLASS_OF_WORD]
        belongs = known[0] if known else "hosts"
        sums[belongs] = sums[belongs] + amount if belongs in sums else amount
    return sums


def part_lead_times(cluster: Cluster, chip: ChipSource, facts: SourcingFacts) -> Breakdown:
    """Return the time from order to delivery of every part that the cluster contains [s].

    t_accelerators = max(lead time, time to release)                                                      (1)
    t_part = lead time where its class is bought and, for CDUs, liquid is used; 0 where not               (2)

    Servers and racks hold their parts whether these are priced apart or, as in a rack-scale machine, together. All are
    ordered on the same day and run in parallel, so the longest counts, not the sum.

    Sources: data/lead_times.yaml.
    """
    bought = {name: _one_where_positive(amount) for name, amount in spend_by_class(cluster.capex).items()}
    bought |= {"hosts": _one_where_positive(cluster.systems), "racks": _one_where_positive(cluster.racks)}
    times: dict[str, Num] = {"accelerators": ops.maximum(chip.lead_time, chip.available_in)}
    for name, time in facts.parts.items():
        times[name] = time * bought.get(facts.part_class[name], 0.0)
    times["cdus"] = times["cdus"] * _one_where_positive(cluster.liquid_share)
    return Breakdown("s", times, "Lead time")


def longest_only(times: Mapping[str, Num], longest: Num, counted: Num) -> dict[str, Num]:
    """Return `counted` under the name of the longest time and 0 under the others.

    sum over names = counted                                                                              (1)

    Of several that are equally long the first takes it all, so (1) holds exactly.

    Sources: critical path method; parallel paths that end early have slack and contribute nothing.
    """
    left, parts = counted, {}
    for name, time in times.items():
        parts[name] = left * ops.where(time >= longest, 1.0, 0.0)
        left = left - parts[name]
    return parts


def _one_where_positive(amount: Num) -> Num:
    return ops.where(amount > 0.0, 1.0, 0.0)


def wafer_to_rack(facts: SourcingFacts) -> Breakdown:
    """Return the steps of one accelerator rack from wafer start to the end of the factory soak [s].

    t = t_wafers + t_packaging + t_trays + t_rack_integration + t_soak                                    (1)

    HBM takes longer than the wafers and runs beside them; makers start it ahead, against allocations.

    Sources: rows of kind `chain` in data/lead_times.yaml.
    """
    names = ("wafers", "packaging", "trays", "rack-integration", "soak-test")
    return Breakdown("s", {name: facts.chain[name] for name in names}, "Wafer to rack")
