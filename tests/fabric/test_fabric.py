"""The face of the fabric room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.record import replace
from rackwright.base.trace import gradient
from rackwright.base.units import dimension
from rackwright.catalogue.catalogue import Catalogue
from rackwright.fabric.fabric import make_fabric
from rackwright.fabric.records import Fabric, NetworkFacts

CATALOGUE = Catalogue()


def fabric_of(system: str, catalogue: Catalogue = CATALOGUE) -> Fabric:
    accelerator = catalogue.systems.text(system, "accelerator")
    network = catalogue.table("network_facts", NetworkFacts).one(catalogue.accelerators.text(accelerator, "network"))
    return make_fabric(catalogue.accelerators.one(accelerator), catalogue.systems.one(system), network)


def test_h100_reaches_its_measured_bandwidths():
    """All-gather of 8 H100 335 GB/s per accelerator (NCCL); 39-48 of 50 GB/s between nodes (DeepEP)."""
    fabric = fabric_of("hgx-h100")
    assert fabric.domain == 8.0
    assert fabric.scale_up_bandwidth == pytest.approx(335e9, rel=0.02)
    assert 39e9 < fabric.scale_out_bandwidth < 48e9


def test_a_rack_scale_domain():
    fabric = fabric_of("gb200-nvl72")
    assert fabric.domain == 72.0
    assert fabric.scale_up_bandwidth == pytest.approx(0.731 * 900e9)


@pytest.mark.parametrize("system", CATALOGUE.systems.ids)
def test_every_system_has_a_usable_fabric(system):
    fabric = fabric_of(system)
    assert 0.0 < fabric.scale_out_bandwidth <= fabric.scale_up_bandwidth * 2.5
    assert fabric.domain >= 1.0
    assert 0.0 < fabric.scale_up_latency < fabric.scale_out_latency


@given(st.floats(1.0, 16.0))
def test_ports_bound_the_scale_out_bandwidth_until_the_chip_does(nics):
    chip, network = (
        CATALOGUE.accelerators.one("h100-sxm"),
        CATALOGUE.table("network_facts", NetworkFacts).one("nvlink4"),
    )
    spec = replace(CATALOGUE.systems.one("hgx-h100"), nics=nics)
    expected = network.scale_out_efficiency * min(nics * 50e9 / 8, 50e9)
    assert make_fabric(chip, spec, network).scale_out_bandwidth == pytest.approx(expected)


def test_dimensions_hold_and_facts_are_found():
    fabric = fabric_of("hgx-h100", CATALOGUE.traced())
    assert fabric.scale_out_bandwidth.dimension == dimension("B/s")
    assert "accelerators.h100-sxm.scale_up_bandwidth" in gradient(fabric.scale_up_bandwidth)
    assert "systems.hgx-h100.nics" in gradient(fabric.scale_out_bandwidth)
