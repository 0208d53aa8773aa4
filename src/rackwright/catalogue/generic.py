"""Generic servers for accelerators that have no catalogued system, so that every accelerator can be deployed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from rackwright.base.facts import Fact
from rackwright.base.record import fields_of
from rackwright.base.units import to_si
from rackwright.catalogue.records import Accelerator, ServerRule, SystemSpec
from rackwright.catalogue.table import Table

PREFIX = "generic-8x-"


def generic_systems(
    accelerators: Table[Accelerator], wanted: Iterable[str], rules: Table[ServerRule]
) -> Table[SystemSpec]:
    """Make up one server for each wanted accelerator.

    P_max   = a n P_tdp + P_0                         a, P_0: slope and base of the server rule               (1)
    P_full  = f P_max,   P_idle = i P_full                                                                    (2)
    price   = n price_accelerator + price_host                                                                (3)
    b_nic   = min(b_accelerator, b_port)              one port per accelerator                                (4)

    Cards (form factor PCIe) use the rule `card`, everything else `module`. Every value is graded `assumed`; ranges
    combine the ranges of what went in, end by end.

    References
    ----------
    [1] ServerRule in data/server_rules.yaml.
    """
    ids: list[str] = []
    texts: dict[str, dict[str, str]] = {}
    facts: dict[tuple[str, str], Fact] = {}
    for accelerator in wanted:
        rule = "card" if "PCIe" in accelerators.text(accelerator, "form_factor") else "module"
        record_id = PREFIX + accelerator
        ids.append(record_id)
        chip = {name: accelerators.facts[accelerator, name] for name in ("tdp", "price", "scale_out_bandwidth")}
        cooling = accelerators.text(accelerator, "cooling")
        liquid = "liquid" in cooling and rule == "module"
        texts[record_id] = {
            "name": f"Generic 8-way server of {accelerators.text(accelerator, 'name')}",
            "accelerator": accelerator,
            "kind": "server",
            "cooling": "hybrid" if liquid else "air",
            "cpu": "host",
            **_NETWORK[chip["scale_out_bandwidth"].value > _FAST],
            "rack": "air",
            "status": accelerators.text(accelerator, "status"),
            "note": f"made up by the rule `{rule}` of server_rules",
        }
        host = {f.name: rules.facts[rule, f.name] for f in fields_of(ServerRule)}
        for name, ends in _values(chip, host, liquid).items():
            facts[record_id, name] = _fact(f"systems.{record_id}.{name}", name, ends, rule, host)
    numeric = [f.name for f in fields_of(SystemSpec) if f.metadata.get("unit")]
    columns = {n: np.array([facts[i, n].value if (i, n) in facts else np.nan for i in ids]) for n in numeric}
    return Table("systems", SystemSpec, tuple(ids), texts, {i: {} for i in ids}, facts, columns)


def _values(chip: dict[str, Fact], host: dict[str, Fact], liquid: bool) -> dict[str, tuple[float, ...]]:
    """Return (low, value, high) of every field."""

    def ends(fact: Fact) -> Any:
        return np.array([fact.low, fact.value, fact.high])

    count = ends(host["accelerators"])
    power_max = ends(host["power_slope"]) * count * ends(chip["tdp"]) + ends(host["power_base"])
    typical = ends(host["typical_share"]) * power_max
    values = {
        "accelerators": count,
        "rack_units": ends(host["rack_units"]),
        "rack_share": ends(host["rack_units"]) / ends(host["usable_units"]),
        "power_max": power_max,
        "power_typical": typical,
        "power_idle": ends(host["idle_share"]) * typical,
        "transient_ratio": ends(host["transient_ratio"]),
        "liquid_share": ends(host["liquid_share"]) * float(liquid),
        "mass": ends(host["mass"]),
        "price": count * ends(chip["price"]) + ends(host["host_price"]),
        "nics": count,
        "nic_bandwidth": np.minimum(ends(chip["scale_out_bandwidth"]), ends(host["fastest_port"])),
        "cpus": ends(host["cpus"]),
    }
    return {name: tuple(float(x) for x in value) for name, value in values.items()}


_FAST = to_si(400.0, "Gb/s")
_NETWORK = {
    False: {"nic": "generic-400", "switch": "th5-box", "optic": "800g-dr8", "copper": "dac-400"},
    True: {"nic": "generic-800", "switch": "th5-box", "optic": "800g-dr8", "copper": "dac-800"},
}
"""Parts that a generic server takes up to 400 Gb/s per port, and above."""

_WRITTEN = {"power_max": "kW", "power_typical": "kW", "power_idle": "kW", "nic_bandwidth": "Gb/s"}


def _fact(key: str, name: str, ends: tuple[float, ...], rule: str, host: dict[str, Fact]) -> Fact:
    unit = {f.name: f.metadata["unit"] for f in fields_of(SystemSpec)}[name]
    return Fact(
        key=key,
        value=ends[1],
        low=min(ends),
        high=max(ends),
        unit=unit,
        written_unit=_WRITTEN.get(name, unit),
        source="RULE: Rackwright: " + f"rule `{rule}` of server_rules applied to the accelerator's own facts",
        as_of=host["host_price"].as_of,
        grade="assumed",
        note="generic server: no system of this accelerator is catalogued",
        ranged=True,
        default=True,
    )
