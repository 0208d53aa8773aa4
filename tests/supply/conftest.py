"""Clusters, sites and chips made by hand, so that the supply room is tested on its own."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.made import filled, leaf

from rackwright.base.breakdown import Breakdown
from rackwright.catalogue.catalogue import Catalogue
from rackwright.site.records import Location, Site
from rackwright.supply.facts import sourcing_facts
from rackwright.supply.makers import ORIGINS
from rackwright.supply.records import ChipSource, SourcingFacts
from rackwright.system.records import Cluster

WEEK = 7 * 86400.0
MONTH = 365.25 / 12 * 86400.0


def plain(_key: str, value: Any, _unit: str) -> Any:
    return value


@pytest.fixture
def facts() -> Callable[[str], SourcingFacts]:
    """Give the facts for `new-build` or `colocation`."""
    return lambda mode: sourcing_facts(Catalogue(), mode)


@pytest.fixture
def world() -> Callable[..., dict[str, Any]]:
    """A liquid-cooled cluster of `racks` rack-scale machines at a place with a 42-month queue."""

    def build(racks: Any = 100.0, make: Callable[[str, Any, str], Any] = plain, **chip: Any) -> dict[str, Any]:
        prices = {
            "accelerators": 2.4e6,
            "hosts": 0.6e6,
            "racks": 0.2e6,
            "network/switches": 0.2e6,
            "network/optics": 1e5,
        }
        cluster = filled(
            Cluster,
            systems=make("systems", racks, "1"),
            racks=make("racks", racks, "1"),
            network_racks=make("network_racks", 0.1 * racks, "1"),
            power_rated=make("power_rated", 132e3 * racks, "W"),
            liquid_share=make("liquid_share", 0.85, "1"),
            capex=Breakdown("USD", {name: make(name, price * racks, "USD") for name, price in prices.items()}),
        )
        site = filled(Site, feeder_power=make("feeder", 160e3 * racks, "W"), trim_hours=make("trim_hours", 100.0, "1"))
        source = {
            "lead_time": make("chip_lead", 30 * WEEK, "s"),
            "available_in": make("chip_release", 0.0, "s"),
            "origin": ORIGINS.index(("tsmc", True)),
        }
        return {
            "cluster": cluster,
            "site": site,
            "location": filled(Location, interconnect_time=make("queue", 42 * MONTH, "s")),
            "chip": ChipSource(**{**source, **chip}),
        }

    return build


@pytest.fixture
def make_leaf() -> Callable[[str, float, str], Any]:
    return leaf
