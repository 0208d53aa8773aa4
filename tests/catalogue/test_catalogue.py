"""The catalogue object: its views, the user's values, generic servers, digest and listings."""

from __future__ import annotations

import numpy as np
import pytest

from rackwright.base.errors import CatalogueError, DimensionError, UnknownNameError
from rackwright.base.facts import GRADES
from rackwright.base.trace import Traced
from rackwright.catalogue import listing
from rackwright.catalogue.catalogue import KINDS, Catalogue, split_key, table_names
from rackwright.catalogue.generic import PREFIX

KEY = "accelerators.h100-sxm.price"


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue()


def inline(name="mine", **changes):
    numbers = {
        "peak_bf16": (1000, "TFLOP/s"),
        "memory_capacity": (100, "GB"),
        "memory_bandwidth": (4, "TB/s"),
        "scale_up_bandwidth": (400, "GB/s"),
        "scale_up_domain": (8, "1"),
        "scale_out_bandwidth": (1.6, "Tb/s"),
        "tdp": (900, "W"),
        "price": (9000, "USD"),
    } | changes
    facts = {key: {"value": value, "unit": unit} for key, (value, unit) in numbers.items()}
    return {"id": name, "name": "My chip", "text": {"form_factor": "OAM", "cooling": "liquid"}, "facts": facts}


def test_every_table_of_this_room_loads(catalogue):
    for name, kind in KINDS.items():
        assert len(catalogue.table(name, kind)) > 0


def test_properties_name_the_same_tables(catalogue):
    for name in ("links", "switches", "switch_asics", "nics", "optics", "rack_parts"):
        assert getattr(catalogue, name) is catalogue.table(name, KINDS[name])


def test_every_disclosed_accelerator_can_be_deployed(catalogue):
    assert len(catalogue.accelerators) >= 45
    assert len(catalogue.deployable()) == len(catalogue.accelerators) - 1
    for accelerator in catalogue.deployable():
        systems = catalogue.systems_of(accelerator)
        assert systems
        catalogued = [name for name in systems if not name.startswith(PREFIX)]
        assert bool(catalogued) != (PREFIX + accelerator in systems)


def test_a_generic_server_follows_its_rule(catalogue):
    """8 x 17,400 + 32,010 USD; 1.7 x 8 x 400 + 600 W."""
    server = catalogue.systems.one(PREFIX + "a100-80-sxm")
    assert server.price == pytest.approx(8 * 17400 + 32010)
    assert server.power_max == pytest.approx(1.7 * 8 * 400 + 600)
    fact = catalogue.systems.fact(PREFIX + "a100-80-sxm", "price")
    assert fact.grade == "assumed"
    assert fact.default
    assert fact.low < fact.value < fact.high


def test_a_generic_server_of_cards_is_lighter_and_air_cooled(catalogue):
    server = catalogue.systems.one(PREFIX + "l40s")
    assert server.liquid_share == 0.0
    assert server.mass < catalogue.systems.one(PREFIX + "a100-80-sxm").mass


def test_no_port_of_a_generic_server_is_faster_than_the_fastest_card(catalogue):
    fastest = catalogue.nics.columns["bandwidth"].max()
    for name in catalogue.systems.ids:
        if name.startswith(PREFIX):
            assert catalogue.systems.one(name).nic_bandwidth <= fastest


def test_a_stated_fact_replaces_the_shipped_one_and_reaches_generic_servers(catalogue):
    changed = catalogue.with_stated(KEY, "31 kUSD")
    assert changed.accelerators.one("h100-sxm").price == 31000.0
    fact = changed.accelerators.fact("h100-sxm", "price")
    assert fact.grade == "user"
    assert fact.low == fact.high == 31000.0
    assert catalogue.accelerators.one("h100-sxm").price != 31000.0
    dearer = catalogue.with_stated("accelerators.l40s.price", "10000 USD").systems.one(PREFIX + "l40s")
    assert dearer.price - catalogue.systems.one(PREFIX + "l40s").price == pytest.approx(8 * 2500)


def test_a_stated_accelerator_price_moves_the_price_of_its_systems(catalogue):
    dearer = catalogue.with_stated(KEY, "32000 USD")
    for system in ("dgx-h100", "hgx-h100"):
        assert dearer.systems.one(system).price == catalogue.systems.one(system).price + 8 * 2000
    assert dearer.systems.one("dgx-b200").price == catalogue.systems.one("dgx-b200").price
    pinned = dearer.with_stated("systems.hgx-h100.price", "250 kUSD")
    assert pinned.systems.one("hgx-h100").price == 250e3
    mine = catalogue.with_records("accelerators", [inline()]).with_stated("accelerators.mine.price", "5000 USD")
    assert mine.systems.one(PREFIX + "mine").price == pytest.approx(8 * 5000 + 32010)


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("accelerators.h100-sxm.prise", UnknownNameError),
        ("accelerators.h100.price", UnknownNameError),
        ("chips.h100-sxm.price", UnknownNameError),
        ("accelerators.price", CatalogueError),
        ("price", CatalogueError),
    ],
)
def test_a_key_that_names_nothing_is_refused(catalogue, key, error):
    with pytest.raises(error):
        catalogue.with_stated(key, "1 USD")


def test_a_stated_fact_of_the_wrong_dimension_is_refused(catalogue):
    with pytest.raises(DimensionError):
        catalogue.with_stated(KEY, "31 kW")


def test_a_fact_of_another_rooms_table_can_be_stated(catalogue):
    key = "network_facts.default.scale_out_efficiency"
    assert catalogue.unit_of(key) == "1"
    assert catalogue.with_stated(key, "0.5").digest() != catalogue.digest()
    with pytest.raises(UnknownNameError):
        catalogue.unit_of("network_facts.default.colour")
    with pytest.raises(UnknownNameError):
        catalogue.unit_of("network_facts.defualt.scale_out_efficiency")


def test_record_ids_may_hold_dots():
    assert split_key("models.llama-3.1-70b.layers") == ("models", "llama-3.1-70b", "layers")


def test_an_inline_accelerator_gets_a_generic_server(catalogue):
    mine = catalogue.with_records("accelerators", [inline()])
    assert mine.systems_of("mine") == (PREFIX + "mine",)
    assert mine.accelerators.fact("mine", "tdp").grade == "user"
    assert mine.with_stated(f"systems.{PREFIX}mine.price", "99 kUSD").systems.one(PREFIX + "mine").price == 99000.0
    with pytest.raises(UnknownNameError):
        catalogue.systems_of("mine")


def test_an_inline_record_is_checked_like_a_shipped_one(catalogue):
    with pytest.raises(CatalogueError, match="is not a unit of power"):
        _ = catalogue.with_records("accelerators", [inline(tdp=(900, "kg"))]).accelerators
    with pytest.raises(CatalogueError, match="is there already"):
        _ = catalogue.with_records("accelerators", [inline("h100-sxm")]).accelerators


def test_the_traced_view_knows_its_facts(catalogue):
    price = catalogue.traced().accelerators.one("h100-sxm").price
    assert isinstance(price, Traced)
    server = catalogue.traced().systems.one("hgx-h100").price
    assert float(server) == catalogue.systems.one("hgx-h100").price


def test_the_sampled_view_stays_in_range_and_repeats(catalogue):
    first = catalogue.sampled(64, 7).accelerators.one("h100-sxm").price
    again = catalogue.sampled(64, 7).accelerators.one("h100-sxm").price
    other = catalogue.sampled(64, 8).accelerators.one("h100-sxm").price
    fact = catalogue.accelerators.fact("h100-sxm", "price")
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.min() >= fact.low
    assert first.max() <= fact.high


def test_counts_are_never_spread_by_sampling(catalogue):
    """A scale-up domain of 7.3 accelerators would break every mapping."""
    sampled = catalogue.sampled(32, 1)
    for name, columns in (
        ("accelerators", ("scale_up_domain", "memory_stacks")),
        ("systems", ("accelerators", "nics", "cpus", "rack_units", "rack_share")),
        ("switches", ("ports",)),
    ):
        table = getattr(sampled, name)
        for column in columns:
            values = table.columns[column]
            assert np.array_equal(values, np.repeat(values[:, :1], 32, axis=1), equal_nan=True), (name, column)


def test_the_digest_sees_every_change(catalogue):
    changed = catalogue.with_stated(KEY, "31 kUSD")
    added = catalogue.with_records("accelerators", [inline()])
    digests = {catalogue.digest(), changed.digest(), added.digest(), catalogue.with_stated(KEY, "32 kUSD").digest()}
    assert len(digests) == 4
    assert Catalogue().digest() == catalogue.digest()
    assert catalogue.traced().digest() == catalogue.digest()


def test_listings_agree_with_the_tables(catalogue):
    counted = {row.table: row for row in listing.tables()}
    assert set(counted) == set(table_names())
    assert counted["accelerators"].records == len(catalogue.accelerators)
    assert counted["accelerators"].facts == len(catalogue.accelerators.facts)
    (row,) = [r for r in listing.facts_of("accelerators", "h100-sxm") if r.field == "memory_bandwidth"]
    assert (row.value, row.unit, row.grade) == (3350.0, "GB/s", "datasheet")
    assert ("h100-sxm", "H100 80GB SXM5") in listing.record_ids("accelerators")
    assert listing.record_texts("accelerators", "h100-sxm")["vendor"] == "NVIDIA"


def test_listings_of_unknown_names_are_refused():
    with pytest.raises(UnknownNameError):
        listing.record_ids("accelerator")
    with pytest.raises(UnknownNameError):
        listing.record_texts("accelerators", "h100")
    with pytest.raises(UnknownNameError):
        list(listing.facts_of("chips"))


def test_every_fact_of_every_table_has_source_and_grade():
    for table in table_names():
        for row in listing.facts_of(table):
            key, _, text = row.source.partition(": ")
            assert key, row
            assert text, row
            assert row.grade in GRADES, row
            assert row.as_of, row


def test_every_source_is_used():
    unused = [(row.table, row.key) for row in listing.sources_of() if row.facts == 0 and row.table in KINDS]
    assert not unused
