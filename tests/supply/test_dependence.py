"""On whom the spend depends, and what is left when a country is barred."""

import pytest

from rackwright.base.breakdown import Breakdown
from rackwright.base.record import replace
from rackwright.catalogue.catalogue import Catalogue
from rackwright.supply.dependence import blocked_share, country_limits, country_shares, remaining_supply
from rackwright.supply.makers import ORIGINS
from rackwright.supply.source import source


def _dependence(world, **changes):
    made = world(**changes)
    return {name: made[name] for name in ("cluster", "chip")}


def test_shares_of_a_component_do_not_exceed_its_supply(facts) -> None:
    known = facts("new-build")
    counted = {name for variants in known.components.values() for names in variants for name in names}
    assert counted <= set(known.makers)
    for component, makers in known.makers.items():
        whole = sum(maker.share for maker in makers)
        assert whole == pytest.approx(1.0) if component in counted else whole <= 1.0, component


def test_a_rack_depends_on_taiwan_most_and_on_korea_for_memory(world, facts) -> None:
    shares = country_shares(**_dependence(world), facts=facts("new-build"))
    supply = source(**world(), sourcing=facts("new-build"))
    assert max(shares, key=lambda country: shares[country]) == "TW"
    assert supply.single_country_share == shares["TW"]
    assert shares["TW"] > shares["KR"] > 0.5
    assert all(0.0 <= share <= 1.0 for share in shares.values())


def test_one_foundry_makes_most_of_the_spend_single_source(world, facts) -> None:
    supply = source(**world(), sourcing=facts("new-build"))
    assert supply.single_source_share == pytest.approx((2.4 + 0.2) / 3.5)


def test_shares_follow_the_money(world, facts) -> None:
    made = _dependence(world)
    before = country_shares(**made, facts=facts("new-build"))
    dearer = {name: price * (2.0 if name == "network/optics" else 1.0) for name, price in made["cluster"].capex.items()}
    made["cluster"] = replace(made["cluster"], capex=Breakdown("USD", dearer))
    after = country_shares(**made, facts=facts("new-build"))
    assert after["TH"] > before["TH"]
    assert after["TW"] < before["TW"]


def test_a_domestic_chip_depends_on_its_own_country(world, facts) -> None:
    smic = _dependence(world, origin=ORIGINS.index(("smic", True)))
    shares = country_shares(**smic, facts=facts("new-build"))
    assert shares["CN"] >= 2.4 / 3.5


def test_accelerators_without_stacks_need_no_packaging(world, facts) -> None:
    for has_hbm, left in ((True, 0.10), (False, 1.0)):
        made = _dependence(world, origin=ORIGINS.index(("samsung", has_hbm)))
        assert remaining_supply({"TW"}, made["chip"], facts("new-build"))["accelerators"] == pytest.approx(left)


def test_without_taiwan_accelerators_and_switches_cannot_be_sourced(world, facts) -> None:
    made = _dependence(world)
    limits = country_limits(**made, facts=facts("new-build"), countries={"TW"})
    broken = {limit.name for limit in limits if limit.margin < 0}
    assert broken == {"supply of accelerators without TW", "supply of switches without TW"}
    assert blocked_share(**made, facts=facts("new-build"), countries={"TW"}) == pytest.approx((2.4 + 0.2) / 3.5)


def test_without_china_everything_can_be_sourced(world, facts) -> None:
    made = _dependence(world)
    limits = country_limits(**made, facts=facts("new-build"), countries={"CN"})
    assert limits
    assert all(limit.margin >= 0 for limit in limits)
    assert blocked_share(**made, facts=facts("new-build"), countries={"CN"}) == 0.0


def test_barring_more_countries_leaves_less(world, facts) -> None:
    made = _dependence(world)
    left = [
        remaining_supply(barred, made["chip"], facts("new-build"))
        for barred in ((), ("CN",), ("CN", "TW"), ("CN", "TW", "KR", "US", "MX", "JP"))
    ]
    for part_class in left[0]:
        shares = [supply[part_class] for supply in left]
        assert shares == sorted(shares, reverse=True)
        assert shares[0] == pytest.approx(1.0)


def test_no_limits_where_every_country_is_allowed(world, facts) -> None:
    assert country_limits(**_dependence(world), facts=facts("new-build"), countries=()) == ()


def test_traced_shares_name_their_suppliers(world, make_leaf) -> None:
    from rackwright.base.trace import gradient
    from rackwright.supply.facts import sourcing_facts

    made = _dependence(world, make=make_leaf)
    shares = country_shares(**made, facts=sourcing_facts(Catalogue().traced(), "new-build"))
    assert "suppliers.foundry-tsmc-tsmc-tw.share" in gradient(shares["TW"])
