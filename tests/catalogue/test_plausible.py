"""Every derived ratio of every record lies where physics, the market or the record's own class puts it."""

from __future__ import annotations

import math

import pytest

from rackwright.catalogue.catalogue import Catalogue

CATALOGUE = Catalogue()
ACCELERATORS = CATALOGUE.deployable()
SYSTEMS = CATALOGUE.systems.ids
ON_CHIP_MEMORY = {"groq-lpu-v1", "groq-3-lpu", "wse-3"}
"""Machines without DRAM at the package: their memory ratios are of another kind."""


def chip(name):
    return CATALOGUE.accelerators.one(name)


@pytest.mark.parametrize("name", ACCELERATORS)
def test_compute_against_memory_and_power(name):
    c = chip(name)
    assert 3e11 < c.peak_bf16 / c.tdp < 6e12
    if name not in ON_CHIP_MEMORY:
        assert 30 < c.peak_bf16 / c.memory_bandwidth < 1000
        assert 4e-3 < c.memory_capacity / c.memory_bandwidth < 1.0
        assert 40e-12 < c.tdp / c.memory_bandwidth < 500e-12


@pytest.mark.parametrize("name", ACCELERATORS)
def test_low_precision_against_16_bit(name):
    """8-bit is 1 to 2 times 16-bit, 4-bit 1 to 3 times 8-bit; Trainium3 and Rubin favour 8-bit more."""
    c = chip(name)
    highest = {"trainium3": 3.8, "r200": 4.4}.get(name, 2.1)
    if not math.isnan(c.peak_fp8):
        assert 1.0 <= c.peak_fp8 / c.peak_bf16 <= highest
    if not math.isnan(c.peak_fp4):
        assert 1.0 <= c.peak_fp4 / c.peak_fp8 <= 3.2


@pytest.mark.parametrize("name", ACCELERATORS)
def test_price_against_compute_and_memory(name):
    c = chip(name)
    assert 3.0 < c.price / (c.peak_bf16 / 1e12) < 200.0
    if name not in ON_CHIP_MEMORY:
        assert 20.0 < c.price / (c.memory_capacity / 1e9) < 600.0
    if not math.isnan(c.rental_price):
        assert 0.1 < c.price / (c.rental_price * 8766 * 3600) < 8.0, "years of rent that buy it"


@pytest.mark.parametrize("name", ACCELERATORS)
def test_silicon(name):
    c = chip(name)
    if not math.isnan(c.die_area) and name != "wse-3":
        assert 0.15 < c.tdp / (c.die_area * 1e6) < 2.5, "W per mm2"
        assert 0.5e12 / 400 < c.peak_bf16 / (c.die_area * 1e6) < 4e12, "FLOP/s per mm2"
    if c.memory_stacks > 0:
        assert 8e9 <= c.memory_capacity / c.memory_stacks <= 64e9


@pytest.mark.parametrize("name", ACCELERATORS)
def test_links(name):
    c = chip(name)
    assert c.scale_up_domain >= 1
    assert 0.9e9 <= c.scale_out_bandwidth <= 700e9
    if name not in ON_CHIP_MEMORY:
        assert 0.02 < c.scale_up_bandwidth / c.memory_bandwidth < 0.4
        assert c.scale_out_bandwidth <= 2.0 * c.scale_up_bandwidth


@pytest.mark.parametrize("name", ACCELERATORS)
def test_words(name):
    table = CATALOGUE.accelerators
    assert table.text(name, "vendor")
    assert table.text(name, "status") in {"shipping", "announced", "retired"}
    year, month, day = table.text(name, "release_date").split("-")
    assert (len(year), len(month), len(day)) == (4, 2, 2)
    assert table.text(name, "network") in {"default", "nvlink3", "nvlink4", "nvlink5"}


@pytest.mark.parametrize("name", SYSTEMS)
def test_system_power(name):
    spec, c = CATALOGUE.systems.one(name), chip(CATALOGUE.systems.text(name, "accelerator"))
    assert 0.95 <= spec.power_max / (spec.accelerators * c.tdp) <= 2.5
    assert 0.7 <= spec.power_typical / spec.power_max <= 0.95
    assert 0.1 <= spec.power_idle / spec.power_typical <= 0.4
    assert 1.0 <= spec.transient_ratio <= 1.6
    assert 0.0 <= spec.liquid_share <= 1.0


@pytest.mark.parametrize("name", SYSTEMS)
def test_system_price_and_mass(name):
    spec, c = CATALOGUE.systems.one(name), chip(CATALOGUE.systems.text(name, "accelerator"))
    lowest = 0.9 if name == "cloudmatrix384" else 1.0
    assert lowest <= spec.price / (spec.accelerators * c.price) <= 7.0
    assert 3.0 <= spec.mass / spec.rack_units <= 70.0
    assert spec.accelerators >= 1
    assert spec.cpus >= 1


@pytest.mark.parametrize("name", SYSTEMS)
def test_system_ports_carry_what_the_accelerator_offers(name):
    spec, c = CATALOGUE.systems.one(name), chip(CATALOGUE.systems.text(name, "accelerator"))
    ports = spec.nics * spec.nic_bandwidth / spec.accelerators
    assert 0.15 <= ports / c.scale_out_bandwidth <= 1.05


def test_every_number_that_is_ours_is_marked_as_a_default():
    for table in (CATALOGUE.accelerators, CATALOGUE.systems):
        for (record, field), fact in table.facts.items():
            if fact.grade == "assumed" and not (field == "transient_ratio" and "GB300" in fact.note):
                assert fact.default, (record, field)
                assert fact.note, (record, field)


def test_counts():
    published = [name for name in SYSTEMS if not name.startswith("generic-")]
    assert len(CATALOGUE.accelerators) >= 45
    assert len(published) >= 22
