"""Clusters against published machines, and the laws every cluster keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackwright.base.record import fields_of, replace
from rackwright.base.trace import gradient, untraced
from rackwright.base.units import dimension
from rackwright.catalogue.catalogue import Catalogue
from rackwright.system.build import build_system
from rackwright.system.network import size_network
from rackwright.system.parts import choose_parts, take_parts
from rackwright.system.records import Rack

CATALOGUE = Catalogue()
CODES = choose_parts(CATALOGUE)
systems = st.sampled_from(CATALOGUE.systems.ids)
amounts = st.integers(1, 50_000).map(float)
shares = st.floats(0.0, 1.0)


def pieces(system, catalogue=CATALOGUE, **rules):
    chip = catalogue.accelerators.one(catalogue.systems.text(system, "accelerator"))
    code = catalogue.systems.code(system)
    parts = take_parts(catalogue, CODES, code)
    if rules:
        parts = replace(parts, rules=replace(parts.rules, **rules))
    return chip, catalogue.systems.one(system), parts


def cluster(system, accelerators, load=1.0, utilisation=0.6, catalogue=CATALOGUE, **rules):
    chip, spec, parts = pieces(system, catalogue, **rules)
    return build_system(accelerators, load * chip.tdp, utilisation, chip, spec, parts)


# Published machines.


def test_gb200_nvl72_rolls_up_to_its_published_figures():
    """120 kW in service of 132 kW; 1.36 t; 2.6-4.0 MUSD; 72 GPUs, 36 Grace, 72 NICs; 8 shelves of 6 supplies."""
    one = cluster("gb200-nvl72", 72.0)
    inside = sum(value for name, value in one.power.items() if name.startswith("systems/"))
    assert inside == pytest.approx(120e3)
    assert one.rack_power == pytest.approx(132e3)
    assert one.power["systems/accelerators"] == pytest.approx(72 * 1200)
    assert (one.systems, one.racks, one.accelerators) == (1.0, 1.0, 72.0)
    counts = {name: one.parts[name] for name in ("cpus", "nics", "power_shelves", "power_supplies", "memory_stacks")}
    assert counts == {"cpus": 36, "nics": 72, "power_shelves": 8, "power_supplies": 48, "memory_stacks": 576}
    assert one.parts["cold_plates"] == 108.0
    assert 1360.0 <= one.mass - one.network_racks * 250 <= 1360 + 5 * 18
    assert 2.6e6 <= one.capex["accelerators"] + one.capex["hosts"] + one.capex["network/nics"] <= 4.0e6


def test_gb200_power_from_its_trays():
    """18 trays of 6.3 kW and 9 switch trays of 1 kW over 0.975: 125 kW, within 5 % of the full-load figure."""
    one = cluster("gb200-nvl72", 72.0)
    inside = sum(value for name, value in one.power.items() if name.startswith("systems/"))
    assert inside == pytest.approx((18 * 6.3e3 + 9 * 1e3) / 0.975, rel=0.05)


def test_hgx_h100_rolls_up_to_its_published_figures():
    """8.4 kW highest measured in training, 10.2 kW rated; 230-297 kUSD; 110 kg [facts]; 31.1-37.1 kUSD per GPU."""
    four = cluster("hgx-h100", 32.0)
    assert sum(v for k, v in four.power.items() if k.startswith("systems/")) / 4 == pytest.approx(8.4e3)
    assert (four.power_rated - four.switches * 1720 - four.racks * 100) / 4 == pytest.approx(10.2e3)
    bought = sum(four.capex[name] for name in ("accelerators", "hosts", "network/nics"))
    assert 230e3 <= bought / 4 <= 297e3
    assert 31.1e3 * 0.95 <= bought / 32 <= 37.1e3
    assert (four.mass - four.racks * 160 - four.switches * 14) / 4 == pytest.approx(110.0)


def test_hgx_b200_rolls_up_to_its_published_figures():
    """14.3 kW rated; 32 systems of one scalable unit draw 458 kW rated [facts]; 375-515 kUSD; 142.4 kg."""
    unit = cluster("hgx-b200", 256.0, spare_share=0.0)
    assert unit.systems == 32.0
    assert unit.rack_power * unit.systems / 3 == pytest.approx(458e3, rel=0.01)
    bought = sum(unit.capex[name] for name in ("accelerators", "hosts", "network/nics"))
    assert 375e3 <= bought / 32 <= 515e3
    assert (unit.parts["accelerators"], unit.parts["cpus"], unit.parts["nics"]) == (256.0, 64.0, 256.0)


def test_a_superpod_has_its_published_switches():
    """127 systems of 8 ports on 64-port switches and eight rails: 32 leaves and 16 spines [DGX SuperPOD, H100]."""
    _, spec, parts = pieces("dgx-h100")
    network = size_network(127.0, spec, parts)
    assert (network.leaves, network.spines, network.cores) == (32.0, 16.0, 0.0)
    unit = size_network(31.0, spec, parts)
    assert (unit.leaves, unit.spines) == (8.0, 4.0)


def test_a_three_tier_fat_tree_has_five_n_over_k_switches():
    """A full k = 64 fat tree: 65,536 ports, 5 N / k = 5,120 switches [Al-Fares 2008]."""
    _, spec, parts = pieces("dgx-h100")
    network = size_network(8192.0, spec, parts)
    assert network.ports == network.largest == 65536.0
    assert network.switches == 5120.0
    assert (network.leaves, network.spines, network.cores) == (2048.0, 2048.0, 1024.0)


def test_network_share_of_spend_at_scale():
    """19-23 % of capital goes to networking at gigawatt scale [Morgan Stanley 2026]; the back end alone is less."""
    large = cluster("gb300-nvl72", 24_000.0)
    network = sum(value for name, value in large.capex.items() if name.startswith("network/"))
    assert 0.05 < network / large.capex.total < 0.23


def test_transceivers_per_port():
    """About 2 to 2.5 modules per port in two tiers, 3 to 5 in three; 800G twin modules on 400G ports."""
    _, spec, parts = pieces("dgx-h100", copper_share=0.0)
    two, three = size_network(127.0, spec, parts), size_network(4096.0, spec, parts)
    assert two.optics / two.ports == pytest.approx(2.0, rel=0.01)
    assert three.optics / three.ports == pytest.approx(3.0, rel=0.01)


# Laws.


@given(systems, amounts, st.floats(0.2, 1.0), shares)
def test_parts_sum_to_the_whole_and_nothing_is_negative(system, accelerators, load, utilisation):
    built = cluster(system, accelerators, load, utilisation)
    for whole in (built.power, built.capex, built.parts):
        assert all(value >= 0.0 for value in whole.values())
    assert sum(built.power.values()) == pytest.approx(built.power_peak)
    assert built.accelerators >= accelerators


@given(systems, amounts)
def test_the_bill_sums_to_system_price_network_and_racks(system, accelerators):
    built = cluster(system, accelerators)
    _, spec, _ = pieces(system)
    inside = sum(built.capex[name] for name in ("accelerators", "hosts", "network/nics", "spares"))
    assert inside == pytest.approx(built.systems * spec.price)
    outside = {"racks", "network/switches", "network/optics", "network/cables", "network/management", "network/racks"}
    assert built.capex.total == pytest.approx(inside + sum(built.capex[name] for name in outside))


@given(systems, amounts, st.floats(0.2, 1.0), shares)
def test_powers_are_in_order(system, accelerators, load, utilisation):
    built = cluster(system, accelerators, load, utilisation)
    slack = 1.0 + 1e-9
    assert built.power_idle <= built.power_mean * slack
    assert built.power_mean <= built.power_peak * slack
    assert built.power_peak <= built.power_rated * slack
    assert built.power_peak <= built.power_transient * slack


@given(systems, amounts, st.floats(0.2, 0.9))
def test_more_accelerators_or_more_load_never_draw_less(system, accelerators, load):
    base = cluster(system, accelerators, load)
    assert cluster(system, accelerators + 1000.0, load).power_peak >= base.power_peak
    assert cluster(system, accelerators, load + 0.1).power_peak >= base.power_peak
    assert cluster(system, accelerators + 1000.0, load).capex.total >= base.capex.total


@given(systems, st.integers(1, 300))
def test_doubling_the_systems_doubles_what_is_inside_them(system, count):
    _, spec, _ = pieces(system)
    one = cluster(system, count * spec.accelerators, spare_share=0.0)
    two = cluster(system, 2 * count * spec.accelerators, spare_share=0.0)
    for name in ("accelerators", "hosts", "network/nics"):
        assert two.capex[name] == pytest.approx(2 * one.capex[name])
    for name in (k for k in one.power if k.startswith("systems/")):
        assert two.power[name] == pytest.approx(2 * one.power[name])
    assert two.racks <= 2 * one.racks


@given(systems, amounts)
def test_a_network_carries_every_port(system, accelerators):
    """Leaves offer a downlink to every port, and the tiers above them an uplink for each."""
    _, spec, parts = pieces(system)
    count = float(np.ceil(accelerators / spec.accelerators))
    network = size_network(count, spec, parts)
    radix = np.floor(parts.switch.ports * parts.switch.port_bandwidth / spec.nic_bandwidth)
    if network.leaves > 1:
        assert network.leaves * radix / 2 >= network.ports
        assert network.spines * radix >= network.ports
    else:
        assert network.ports <= radix


@given(st.integers(1, 5000), st.integers(1, 200))
def test_more_ports_never_need_fewer_switches(count, more):
    _, spec, parts = pieces("dgx-h100")
    assert size_network(count + more, spec, parts).switches >= size_network(count, spec, parts).switches


def test_oversubscription_saves_spines():
    _, spec, parts = pieces("dgx-h100", oversubscription=3.0)
    _, _, plain = pieces("dgx-h100")
    assert size_network(127.0, spec, parts).spines < size_network(127.0, spec, plain).spines


@given(st.sampled_from(["dgx-b200", "hgx-h100", "mi300x-8oam", "generic-8x-l40s"]), amounts)
def test_racks_respect_power_and_height(system, accelerators):
    chip, spec, parts = pieces(system)
    built = build_system(accelerators, chip.tdp, 0.5, chip, spec, parts)
    assert all(limit.margin >= 0.0 for limit in built.limits if limit.name.startswith("rack"))
    weak = replace(parts, rack=replace(parts.rack, power=0.7 * spec.power_max))
    broken = build_system(accelerators, chip.tdp, 0.5, chip, spec, weak)
    assert {limit.name for limit in broken.limits if limit.margin < 0.0} == {"power of a rack"}
    assert broken.racks == broken.systems


def test_a_lower_rack_limit_spreads_the_same_servers():
    chip, spec, parts = pieces("dgx-h100")
    cooled_by_air = replace(parts, rack=replace(parts.rack, power=30e3))
    wide = build_system(256.0, chip.tdp, 0.5, chip, spec, cooled_by_air)
    assert wide.rack_power == pytest.approx(2 * 10.2e3)
    assert wide.racks == 16.0


def test_a_network_beyond_three_tiers_breaks_a_limit():
    built = cluster("dgx-h100", 70_000.0)
    (limit,) = [limit for limit in built.limits if limit.name == "network ports"]
    assert limit.margin < 0.0


def test_a_multi_rack_machine_takes_its_racks():
    built = cluster("cloudmatrix384", 384.0)
    assert (built.systems, built.racks) == (1.0, 16.0)
    assert built.rack_power == pytest.approx(559e3 / 16)


def test_a_rack_chosen_by_the_caller_is_taken():
    code = CATALOGUE.systems.code("hgx-b200")
    racks = CATALOGUE.table("racks", Rack)
    parts = take_parts(CATALOGUE, CODES, code, rack=racks.code("liquid"))
    assert parts.rack.power == racks.one("liquid").power
    assert take_parts(CATALOGUE, CODES, code).rack.power == racks.one("air").power


# Shapes, samples, dimensions.


@settings(max_examples=20)
@given(st.lists(st.tuples(systems, amounts, st.floats(0.3, 1.0)), min_size=2, max_size=6))
def test_a_block_of_designs_equals_its_designs_one_by_one(designs):
    names, counts, loads = zip(*designs, strict=True)
    code = np.array([[CATALOGUE.systems.code(name)] for name in names])
    carried = [[CATALOGUE.accelerators.code(CATALOGUE.systems.text(name, "accelerator"))] for name in names]
    chip = CATALOGUE.accelerators.take(np.array(carried))
    parts, spec = take_parts(CATALOGUE, CODES, code), CATALOGUE.systems.take(code)
    power = np.array(loads)[:, np.newaxis] * chip.tdp
    block = build_system(np.array(counts)[:, np.newaxis], power, 0.6, chip, spec, parts)
    for row, design in enumerate(designs):
        single = cluster(*design)
        for field in fields_of(block):
            if field.metadata["unit"]:
                value = np.broadcast_to(getattr(block, field.name), (len(designs), 1))[row, 0]
                assert value == pytest.approx(getattr(single, field.name)), field.name
        assert block.capex.total[row, 0] == pytest.approx(single.capex.total)


def test_samples_keep_their_axis():
    sampled = CATALOGUE.sampled(16, 3)
    code = np.array([[sampled.systems.code("hgx-h100")]])
    chip = sampled.accelerators.take(np.array([[sampled.accelerators.code("h100-sxm")]]))
    built = build_system(
        np.array([[64.0]]), chip.tdp, 0.5, chip, sampled.systems.take(code), take_parts(sampled, CODES, code)
    )
    assert built.capex.total.shape == (1, 16)
    assert built.power_peak.shape == (1, 16)
    assert built.capex.total.std() > 0.0


@pytest.mark.parametrize("system", ["gb200-nvl72", "hgx-b200", "generic-8x-l40s", "cloudmatrix384"])
def test_dimensions_hold_and_derivatives_equal_differences(system):
    traced = cluster(system, 4096.0, catalogue=CATALOGUE.traced())
    for field in fields_of(traced):
        if field.metadata["unit"]:
            value = getattr(traced, field.name)
            if hasattr(value, "dimension"):
                assert value.dimension == dimension(field.metadata["unit"]), field.name
    slopes = gradient(traced.capex.total)
    key = f"systems.{system}.price"
    fact = CATALOGUE.systems.fact(system, "price")
    nudged = CATALOGUE.with_stated(key, f"{fact.value * 1.001} USD")
    change = cluster(system, 4096.0, catalogue=nudged).capex.total - untraced(traced.capex.total)
    assert float(slopes[key][1]) == pytest.approx(change / (0.001 * fact.value), rel=1e-6)
