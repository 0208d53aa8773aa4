"""Clusters, sites and fleets made by hand, so that the cost room is tested on its own."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.made import filled, leaf

from rackwright.base.breakdown import Breakdown
from rackwright.catalogue.loader import load_table
from rackwright.cost.records import Economics
from rackwright.performance.records import Fleet
from rackwright.site.records import Location, Site
from rackwright.system.records import Cluster


@pytest.fixture
def economics() -> Callable[[str], Economics]:
    table = load_table("economics", Economics)

    def of_owner(name: str) -> Economics:  # returning `table.one` would print the whole table when a test fails
        return table.one(name)

    return of_owner


@pytest.fixture
def world() -> Callable[..., dict[str, Any]]:
    """A 72-accelerator rack scaled by `scale`, serving tokens; `make` wraps each number (plain or traced)."""

    def build(scale: Any = 1.0, make: Callable[[str, Any, str], Any] = lambda _key, value, _unit: value) -> Any:
        def n(key: str, value: Any, unit: str) -> Any:
            return make(key, value, unit)

        cluster = filled(
            Cluster,
            accelerators=n("accelerators", 72.0 * scale, "1"),
            power_rated=n("power_rated", 132e3 * scale, "W"),
            capex=Breakdown(
                "USD",
                {
                    "accelerators": n("accelerators_price", 2.4e6 * scale, "USD"),
                    "hosts": n("hosts_price", 0.6e6 * scale, "USD"),
                    "racks": n("racks_price", 0.2e6 * scale, "USD"),
                    "network/switches": n("switches_price", 0.2e6 * scale, "USD"),
                    "network/optics": n("optics_price", 0.1e6 * scale, "USD"),
                },
            ),
        )
        site = filled(
            Site,
            energy=n("energy", 110e3 * 1.15 * 31557600.0 * scale, "J"),
            water_site=n("water", 900.0 * scale, "m^3"),
            construction=Breakdown(
                "USD",
                {
                    "shell": n("shell", 0.5e6 * scale, "USD"),
                    "power and cooling": n("plant", 1.2e6 * scale, "USD"),
                },
            ),
        )
        fleet = filled(
            Fleet,
            input_tokens=n("input", 2e5 * scale, "1/s"),
            output_tokens=n("output", 5e4 * scale, "1/s"),
            prefill_share=n("share", 0.3, "1"),
            duration=n("duration", 5 * 31557600.0, "s"),
        )
        location = filled(Location, electricity_price=n("tariff", 0.08 / 3.6e6, "USD/J"))
        return {"cluster": cluster, "site": site, "fleet": fleet, "location": location}

    return build


@pytest.fixture
def make_record() -> Callable[..., Any]:
    return filled


@pytest.fixture
def make_leaf() -> Callable[[str, float, str], Any]:
    return leaf
