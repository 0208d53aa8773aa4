"""Facts, clusters, fleets and chips that the tests of the site room share."""

from typing import Any

import pytest

from rackwright.base.breakdown import Breakdown
from rackwright.base.facts import Fact
from rackwright.base.record import fields_of, replace
from rackwright.base.trace import Traced
from rackwright.catalogue.loader import load_table
from rackwright.catalogue.records import Accelerator
from rackwright.performance.records import Fleet
from rackwright.site.records import SiteFacts
from rackwright.system.records import Cluster

ELECTRICAL = (
    *("substation_idle", "substation_load", "transformer_idle", "transformer_load", "ups_idle", "ups_linear"),
    *("ups_load", "distribution_load", "lighting"),
)
SAMPLES = {
    Cluster: {
        "power_rated": 1.3e6,
        "power_peak": 1.0e6,
        "power_mean": 0.7e6,
        "power_idle": 0.3e6,
        "power_transient": 1.4e6,
        "rack_power": 40e3,
        "liquid_share": 0.0,
    },
    Fleet: {"utilisation": 0.6, "load_square": 1.2, "load_cube": 1.6},
    Accelerator: {"tdp": 700.0, "die_area": 814e-6},
}


def plain(_key: str, value: Any, _unit: str) -> Any:
    return value


def leaf(key: str, value: Any, unit: str) -> Any:
    return Traced.leaf(value, unit, Fact(key, value, value, value, unit, unit, "test", "", "user"), key)


def make(kind: Any, wrap: Any = plain, **changes: Any) -> Any:
    """Make a record from its sample; fields without one get 1, nothing, or an empty breakdown."""
    values = {**SAMPLES[kind], **changes}
    made: dict[str, Any] = {}
    for declared in fields_of(kind):
        name, unit = declared.name, declared.metadata["unit"]
        if unit:
            made[name] = wrap(f"{kind.__name__}.{name}", values.get(name, 1.0), unit)
        else:
            made[name] = values.get(name, () if name == "limits" else Breakdown("1", {}))
    return kind(**made)


@pytest.fixture(scope="session")
def facts():
    return load_table("site_facts", SiteFacts).one("rack-battery")


@pytest.fixture(scope="session")
def constant_overhead(facts):
    """Facts whose electrical losses are one constant share of IT power, as published results were computed."""
    return lambda share: replace(facts, **dict.fromkeys(ELECTRICAL, 0.0), distribution_linear=share)


@pytest.fixture(scope="session")
def cluster():
    return lambda **changes: make(Cluster, **changes)


@pytest.fixture(scope="session")
def fleet():
    return lambda **changes: make(Fleet, **changes)


@pytest.fixture(scope="session")
def chip():
    return lambda **changes: make(Accelerator, **changes)


@pytest.fixture(scope="session")
def traced_sample():
    """Make a record of which every number is a traced fact."""
    return lambda kind, **changes: make(kind, leaf, **changes)
