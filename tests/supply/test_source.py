"""Dates: the path adds up, waits only grow, and published chains and queues come out."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rackwright.base.record import replace
from rackwright.base.trace import Traced, gradient
from rackwright.catalogue.catalogue import Catalogue
from rackwright.supply.facts import sourcing_facts
from rackwright.supply.parts import spend_by_class, wafer_to_rack
from rackwright.supply.records import LeadTime, SourcingFacts
from rackwright.supply.source import source

WEEK = 7 * 86400.0
MONTH = 365.25 / 12 * 86400.0
MODES = ("new-build", "colocation")


def _later(facts: SourcingFacts, group: str, name: str, factor: float) -> SourcingFacts:
    times = dict(getattr(facts, group))
    times[name] = times[name] * factor
    return replace(facts, **{group: times})


def _rows() -> list[tuple[str, str]]:
    facts = sourcing_facts(Catalogue(), "new-build")
    return [(group, name) for group in ("parts", "equipment", "chain", "steps") for name in getattr(facts, group)]


@pytest.mark.parametrize("mode", MODES)
def test_steps_add_up_to_first_tokens(world, facts, mode: str) -> None:
    supply = source(**world(), sourcing=facts(mode))
    assert sum(supply.steps.values()) == supply.first_tokens
    assert supply.first_tokens > supply.facility.total


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("group", "name"), _rows())
def test_a_longer_time_never_makes_it_earlier(world, facts, mode: str, group: str, name: str) -> None:
    before = source(**world(), sourcing=facts(mode))
    after = source(**world(), sourcing=_later(facts(mode), group, name, 3.0))
    assert after.first_tokens >= before.first_tokens
    assert after.full_capacity >= before.full_capacity


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    racks=st.floats(1.0, 1e4),
    queue=st.floats(0.0, 80.0),
    release=st.floats(0.0, 200.0),
    mode=st.sampled_from(MODES),
)
def test_dates_are_ordered_and_the_path_is_the_longer_one(world, facts, racks, queue, release, mode) -> None:
    made = world(racks, available_in=release * WEEK)
    made["location"] = replace(made["location"], interconnect_time=queue * MONTH)
    supply = source(**made, sourcing=facts(mode))
    assert supply.full_capacity >= supply.first_tokens
    assert supply.first_tokens >= supply.facility.total
    assert supply.first_tokens >= release * WEEK
    assert all(step >= 0.0 for step in supply.steps.values())
    on_parts = sum(v for k, v in supply.steps.items() if k.startswith("parts/"))
    on_facility = sum(v for k, v in supply.steps.items() if k.startswith("facility/"))
    assert (on_parts > 0.0) != (on_facility > 0.0)


def test_a_new_building_in_a_queue_waits_for_the_grid(world, facts) -> None:
    supply = source(**world(), sourcing=facts("new-build"))
    queue = supply.facility.total - supply.facility["commissioning"]
    assert queue == pytest.approx(42 * MONTH)
    assert supply.facility["grid_connection"] > 0.0
    assert supply.steps["parts/accelerators"] == 0.0


def test_an_existing_facility_waits_for_accelerators(world, facts) -> None:
    supply = source(**world(), sourcing=facts("colocation"))
    assert supply.steps["parts/accelerators"] == pytest.approx(30 * WEEK)
    assert supply.facility.total == pytest.approx(supply.facility["colocation"])
    assert supply.facility["design"] == 0.0
    assert supply.lead_times["facility/transformers"] == 0.0


def test_small_loads_do_not_stand_in_the_queue(world, facts) -> None:
    small = source(**world(10.0), sourcing=facts("new-build"))
    assert small.facility["grid_connection"] == 0.0
    assert small.facility["construction"] < source(**world(), sourcing=facts("new-build")).facility["construction"]


def test_equipment_that_comes_last_carries_the_wait(world, facts) -> None:
    made = world()
    made["location"] = replace(made["location"], interconnect_time=MONTH)
    supply = source(**made, sourcing=facts("new-build"))
    waits = {name: v for name, v in supply.facility.items() if name.startswith("equipment/") and v > 0.0}
    assert list(waits) == ["equipment/transformers"]
    build = supply.facility["design"] + supply.facility["construction"]
    assert build + waits["equipment/transformers"] == pytest.approx((90 + 13) * WEEK)


def test_chillers_are_ordered_only_where_compressors_run(world, facts) -> None:
    made = world()
    made["location"] = replace(made["location"], interconnect_time=MONTH)
    slow = _later(facts("new-build"), "equipment", "chillers", 10.0)
    dry = made | {"site": replace(made["site"], trim_hours=0.0)}
    assert source(**made, sourcing=slow).facility["equipment/chillers"] > 0.0
    assert source(**dry, sourcing=slow).facility["equipment/chillers"] == 0.0


def test_air_cooled_racks_need_no_distribution_units(world, facts) -> None:
    made = world()
    made["cluster"] = replace(made["cluster"], liquid_share=0.0)
    assert source(**made, sourcing=facts("colocation")).lead_times["cdus"] == 0.0


def test_more_racks_take_longer_to_place(world, facts) -> None:
    first = [source(**world(racks), sourcing=facts("colocation")) for racks in (100.0, 1000.0)]
    assert first[0].first_tokens == first[1].first_tokens
    ramp = [supply.full_capacity - supply.first_tokens for supply in first]
    assert ramp[1] == pytest.approx((1100 - 8) / 50 * WEEK)
    assert ramp[0] < ramp[1]


def test_spend_by_class_holds_the_whole_price(world) -> None:
    cluster = world()["cluster"]
    assert sum(spend_by_class(cluster.capex).values()) == pytest.approx(cluster.capex.total)


def test_a_block_dates_each_design_alone(world, facts) -> None:
    racks = np.array([[5.0], [100.0], [3000.0]])
    block = source(**world(racks), sourcing=facts("new-build"))
    alone = [source(**world(float(n)), sourcing=facts("new-build")) for n in racks[:, 0]]
    assert block.full_capacity[:, 0] == pytest.approx([s.full_capacity for s in alone])
    assert block.steps.total[:, 0] == pytest.approx([s.first_tokens for s in alone])


def test_samples_give_a_range_of_dates(world) -> None:
    drawn = sourcing_facts(Catalogue().sampled(200, seed=3), "new-build")
    made = world(np.array([[50.0], [500.0]]))
    made["location"] = replace(made["location"], interconnect_time=MONTH)
    dates = source(**made, sourcing=drawn).first_tokens
    assert dates.shape == (2, 200)
    assert np.ptp(dates[0]) > 4 * WEEK


def test_dimensions_and_facts(world, make_leaf) -> None:
    traced = sourcing_facts(Catalogue().traced(), "new-build")
    supply = source(**world(make=make_leaf), sourcing=traced)
    plain = source(**world(), sourcing=sourcing_facts(Catalogue(), "new-build"))
    for name in ("first_tokens", "full_capacity", "single_source_share", "single_country_share"):
        value: Any = getattr(supply, name)
        assert isinstance(value, Traced)
        assert float(value) == pytest.approx(float(getattr(plain, name))), name
    slopes = gradient(supply.first_tokens)
    assert slopes["queue"][1] == 1.0
    assert slopes["lead_times.commissioning.time"][1] == 1.0
    assert "chip_lead" not in slopes or slopes["chip_lead"][1] == 0.0


# Published figures -----------------------------------------------------------------------------------------------


def test_wafer_to_rack_chain_takes_20_to_31_weeks(facts) -> None:
    """Trade press adds up wafer start to tested GB200 rack to roughly 20 to 31 weeks."""
    table = Catalogue().table("lead_times", LeadTime)
    chain = wafer_to_rack(facts("new-build"))
    bounds = [sum(getattr(table.fact(name, "time"), end) for name in chain) for end in ("low", "high")]
    assert 20 * WEEK <= chain.total <= 31 * WEEK
    assert bounds == pytest.approx([20 * WEEK, 31 * WEEK], rel=0.05)


def test_transformer_range_is_the_published_one() -> None:
    """McKinsey 50 weeks, build.inc 60 to 120, Wood Mackenzie 128."""
    fact = Catalogue().table("lead_times", LeadTime).fact("transformers", "time")
    assert (fact.low, fact.high) == pytest.approx((50 * WEEK, 128 * WEEK))


def test_colossus_could_not_have_waited_for_a_new_building(world, facts) -> None:
    """100,000 H100 ran 122 days after the start, 19 days after the first rack, in a converted factory.

    From racks on the floor to first tokens we give about 15 days; in 122 days nothing of ours can be built and ordered
    from scratch, so the systems must have been ordered before: what is left is ramp and acceptance.
    """
    racks = 100_000 / 64
    supply = source(**world(racks), sourcing=facts("colocation"))
    on_site = supply.steps["placing_racks"] + supply.steps["acceptance"]
    assert 10 * 86400 < on_site < 28 * 86400
    ramp = supply.full_capacity - supply.first_tokens
    assert 122 * 86400 * 0.9 < ramp + on_site < 3 * 122 * 86400
