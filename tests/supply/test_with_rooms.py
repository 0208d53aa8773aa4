"""Cost and supply on clusters and facilities that the rooms below have built, against published totals."""

from datetime import date
from typing import Any

import pytest

from rackwright.catalogue.catalogue import Catalogue
from rackwright.cost.capital import by_asset_class
from rackwright.cost.price import price
from rackwright.cost.records import Cost, Economics
from rackwright.performance.records import Fleet
from rackwright.site.place import place
from rackwright.site.records import CoolingSpec, Location, Site, SiteFacts
from rackwright.site.table import facility_years
from rackwright.site.thermal import coolant, liquid_share
from rackwright.site.weather import climate_weather
from rackwright.supply.facts import chip_origins, sourcing_facts
from rackwright.supply.parts import spend_by_class
from rackwright.supply.records import Supply
from rackwright.supply.source import source
from rackwright.system.build import build_system
from rackwright.system.parts import choose_parts, take_parts
from rackwright.system.records import Cluster

YEAR = 31557600.0
WEEK = 7 * 86400.0
CATALOGUE = Catalogue()
PLACE = "northern-virginia"


def _site(cluster: Cluster, fleet: Fleet, system: str) -> Site:
    spec = CATALOGUE.systems.one(system)
    chip = CATALOGUE.accelerators.one(CATALOGUE.systems.text(system, "accelerator"))
    facts = CATALOGUE.table("site_facts", SiteFacts).one("rack-battery")
    coolings, locations = CATALOGUE.table("coolings", CoolingSpec), CATALOGUE.table("locations", Location)
    name = "direct-to-chip-dry" if float(spec.liquid_share) > 0.0 else "direct-evaporative"
    climate, cooling = locations.text(PLACE, "climate"), coolings.one(name)
    years = facility_years({climate: climate_weather(climate)}, [name], facts, coolings, hours_step=7)
    supply = coolant(chip, cooling, facts)
    year = years.take(years.code(climate, name, supply.index), liquid_share(spec.liquid_share, cooling))
    return place(cluster, fleet, year, locations.one(PLACE), supply, cooling, facts)


def _built(system: str, owner: str, mode: str, accelerators: float = 72_000.0) -> dict[str, Any]:
    accelerator = CATALOGUE.systems.text(system, "accelerator")
    chip = CATALOGUE.accelerators.one(accelerator)
    code = CATALOGUE.systems.code(system)
    parts = take_parts(CATALOGUE, choose_parts(CATALOGUE), code)
    load = 0.8 * float(chip.tdp)
    fleet = Fleet(accelerators, 1.0, 0.8, 1.05, 1.1, load, 1e8, 2e7, 0.3, 5 * YEAR)
    cluster = build_system(accelerators, load, 0.8, chip, CATALOGUE.systems.take(code), parts)
    site, location = _site(cluster, fleet, system), CATALOGUE.table("locations", Location).one(PLACE)
    economics = CATALOGUE.table("economics", Economics).one(owner)
    sourcing = sourcing_facts(CATALOGUE, mode)
    origin = chip_origins(CATALOGUE, date(2026, 11, 22)).take(CATALOGUE.accelerators.code(accelerator), sourcing)
    cost: Cost = price(cluster, site, fleet, location, economics)
    supply: Supply = source(cluster, site, location, origin, sourcing)
    return {"cluster": cluster, "site": site, "economics": economics, "cost": cost, "supply": supply}


@pytest.mark.parametrize(
    ("system", "low", "high"), [("dgx-h100", 1.30, 1.69), ("hgx-b200", 1.95, 2.34), ("gb200-nvl72", 2.21, 2.75)]
)
def test_accelerator_hours_against_inferencex(system: str, low: float, high: float) -> None:
    """InferenceX: all-in USD per accelerator-hour of a hyperscaler (low) and a neocloud (high); ours within 15 %."""
    for owner, mode in (("hyperscaler", "new-build"), ("neocloud", "colocation")):
        hour = float(_built(system, owner, mode)["cost"].per_accelerator_hour)
        assert 0.85 * low <= hour <= 1.15 * high, owner


def test_megawatt_year_of_gb200_against_epoch() -> None:
    """Epoch AI, 1 GW of GB200: 8.5 M USD per megawatt of nameplate IT power and year; ours within 15 %."""
    assert float(_built("gb200-nvl72", "hyperscaler", "new-build")["cost"].per_mw_year) == pytest.approx(
        8.5e6, rel=0.15
    )


def test_every_part_of_the_bill_and_the_building_has_its_class() -> None:
    made = _built("gb200-nvl72", "hyperscaler", "new-build")
    spend, capex = spend_by_class(made["cluster"].capex), made["cluster"].capex
    assert sum(spend.values()) == pytest.approx(capex.total)
    assert spend["hosts"] == capex["hosts"]
    assert {"accelerators", "hosts", "racks", "nics", "switches", "optics", "cables"} == set(spend)
    classes = by_asset_class(made["cost"].capex, made["economics"])
    building = made["site"].construction
    shell = sum(building[name] for name in ("shell", "site works", "offices", "back of house"))
    assert classes["shell"] == pytest.approx(1.15 * shell)
    assert classes["mep"] == pytest.approx(1.15 * (building.total - shell))


def test_northern_virginia_waits_for_the_grid_and_a_tenant_for_the_racks() -> None:
    """Interconnection in Northern Virginia takes 36 to 48 months (build.inc, 2025)."""
    owner = _built("gb200-nvl72", "hyperscaler", "new-build")["supply"]
    assert 36 * YEAR / 12 < float(owner.first_tokens) < 50 * YEAR / 12
    assert float(owner.steps["facility/grid_connection"]) > 0.0
    tenant = _built("gb200-nvl72", "neocloud", "colocation")["supply"]
    assert 26 * WEEK < float(tenant.first_tokens) < 52 * WEEK
    assert float(tenant.lead_times["cdus"]) > 0.0
