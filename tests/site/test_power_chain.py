import pytest

from rackwright.catalogue.loader import load_table
from rackwright.site.power_chain import conversion_efficiency, electrical_losses
from rackwright.site.records import SiteFacts
from rackwright.site.year import by_law

CHAINS = load_table("site_facts", SiteFacts)


def overhead(chain, load):
    law = by_law(electrical_losses(CHAINS.one(chain)))
    return law["fixed"] / load + law["linear"] + law["square"] * load


@pytest.mark.parametrize(
    ("chain", "load", "low", "high"),
    # Published ranges: 2 to 4 % for hyperscale halls with rack batteries, 6 to 11 % for colocation with 2N UPS.
    [("rack-battery", 1.0, 0.02, 0.04), ("double-conversion-2n", 1.0, 0.06, 0.11), ("eco-ups", 1.0, 0.03, 0.06)],
)
def test_overhead_is_in_the_published_range(chain, load, low, high):
    assert low <= overhead(chain, load) <= high


@pytest.mark.parametrize("load", [0.25, 0.5, 0.75, 1.0])
def test_the_ups_follows_its_published_curve(load):
    # A three-level unit: 0.955, 0.967, 0.968, 0.965 at quarter loads.
    facts = CHAINS.one("double-conversion-2n")
    loss = facts.ups_idle + facts.ups_linear * load + facts.ups_load * load**2
    published = {0.25: 0.955, 0.5: 0.967, 0.75: 0.968, 1.0: 0.965}[load]
    assert load / (load + loss) == pytest.approx(published, abs=0.003)


def test_two_paths_cost_more_at_low_load_and_less_copper_at_high_load():
    double = electrical_losses(CHAINS.one("double-conversion-2n"))
    facts = CHAINS.one("double-conversion-2n")
    assert double["UPS/fixed"] == pytest.approx(2.0 * facts.ups_idle)
    assert double["UPS/square"] == pytest.approx(0.5 * facts.ups_load)
    assert overhead("double-conversion-2n", 0.2) > overhead("double-conversion-2n", 0.5)


def test_frontier_reaches_its_node_efficiency():
    # ExaDigiT RAPS constants of Frontier give 93.5 % from AC to node at peak; shelf and bus of this model 94.6 %.
    facts = CHAINS.one("rack-battery")
    assert facts.shelf_efficiency * facts.bus_efficiency == pytest.approx(0.935, abs=0.015)


def test_liquid_saves_the_server_fans(facts):
    air, liquid = conversion_efficiency(0.0, facts), conversion_efficiency(1.0, facts)
    assert air / liquid == pytest.approx(1.0 - facts.server_fan_share)
