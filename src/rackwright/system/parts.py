"""Choose the parts that go with a system: the words of a system record name its NIC, switch, transceiver and rack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rackwright.catalogue.catalogue import Catalogue
from rackwright.system.records import Rack, SystemParts, SystemRules

_CHOICES: Mapping[str, tuple[str, type[Any] | None, str]] = {
    "nic": ("nics", None, "generic-400"),
    "switch": ("switches", None, "th5-box"),
    "optic": ("optics", None, "800g-dr8"),
    "copper": ("optics", None, "dac-400"),
    "rack": ("racks", Rack, "air"),
}
_TRUNK = "mpo-trunk"
_RULES = "default"


@dataclass(frozen=True)
class PartCodes:
    """Row of every part table, for each row of the systems table; each (systems,)."""

    nic: NDArray[np.intp]
    switch: NDArray[np.intp]
    optic: NDArray[np.intp]
    copper: NDArray[np.intp]
    rack: NDArray[np.intp]


def choose_parts(catalogue: Catalogue) -> PartCodes:
    """Look up, for every system, the parts that its record names.

    References
    ----------
    Texts `nic`, `switch`, `optic`, `copper` and `rack` of data/systems.yaml.

    Raises
    ------
    UnknownNameError
        If a system names a part that is in no table.
    """
    systems = catalogue.systems
    codes = {}
    for name, (table_name, kind, fallback) in _CHOICES.items():
        table = catalogue.table(table_name, kind) if kind else getattr(catalogue, table_name)
        chosen = [table.code(systems.texts[i].get(name, fallback)) for i in systems.ids]
        codes[name] = np.array(chosen, dtype=np.intp)
    return PartCodes(**codes)


def take_parts(
    catalogue: Catalogue, codes: PartCodes, system: NDArray[np.intp] | int, rack: NDArray[np.intp] | int | None = None
) -> SystemParts:
    """Return the parts of the systems at integer codes: scalars, or arrays (designs, 1).

    References
    ----------
    `choose_parts` for `codes`; `rack` overrides the rack, for instance where a hybrid server is cooled by liquid.
    """
    racks = catalogue.table("racks", Rack)
    return SystemParts(
        switch=catalogue.switches.take(codes.switch[system]),
        nic=catalogue.nics.take(codes.nic[system]),
        optic=catalogue.optics.take(codes.optic[system]),
        copper=catalogue.optics.take(codes.copper[system]),
        trunk=catalogue.optics.one(_TRUNK),
        rack=racks.take(codes.rack[system] if rack is None else rack),
        rules=catalogue.table("system_rules", SystemRules).one(_RULES),
    )
