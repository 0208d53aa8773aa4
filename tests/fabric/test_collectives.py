"""Collectives: exact limits, the direction of every dependence, and the measured NCCL tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.record import replace
from rackwright.base.trace import Traced, gradient
from rackwright.base.units import dimension
from rackwright.catalogue.loader import load_table
from rackwright.fabric import collectives
from rackwright.fabric.fabric import reached_fabric
from rackwright.fabric.records import Fabric, Group, NetworkFacts

MEASURED = Path(__file__).parents[3] / "shared" / "measured"
SHARED_BY_ALL = [collectives.all_reduce, collectives.all_gather, collectives.reduce_scatter, collectives.all_to_all]
ALL = [*SHARED_BY_ALL, collectives.send]

operations = st.sampled_from(ALL)
sizes = st.sampled_from([2.0, 3.0, 4.0, 8.0, 16.0, 72.0, 144.0, 1000.0])
strides = st.sampled_from([1.0, 2.0, 8.0, 64.0])
amounts = st.floats(1e2, 1e10)


def fabric_with(domain: float = 8.0, up: float = 450e9, out: float = 50e9, link: str = "default") -> Fabric:
    facts = load_table("network_facts", NetworkFacts).one(link)
    return reached_fabric(domain, up, out, facts)


@pytest.mark.parametrize("operation", ALL)
def test_one_rank_needs_exactly_no_time(operation):
    assert float(operation(1e9, Group(size=1.0, stride=4.0), fabric_with())) == 0.0


@given(operations, sizes, strides, amounts, st.floats(1.0, 100.0))
def test_more_data_never_takes_less_time(operation, size, stride, data, factor):
    group, fabric = Group(size=size, stride=stride), fabric_with()
    assert operation(data * factor, group, fabric) >= operation(data, group, fabric)


@given(operations, sizes, strides, amounts, st.sampled_from(["scale_up_bandwidth", "scale_out_bandwidth"]))
def test_more_bandwidth_never_takes_more_time(operation, size, stride, data, tier):
    group, fabric = Group(size=size, stride=stride), fabric_with()
    faster = replace(fabric, **{tier: 2.0 * getattr(fabric, tier)})
    assert operation(data, group, faster) <= operation(data, group, fabric)


@given(st.sampled_from(SHARED_BY_ALL), sizes, strides, amounts)
def test_a_larger_domain_never_takes_more_time(operation, size, stride, data):
    """Only with the scale-out tier slower per domain than the scale-up tier, which every real machine keeps."""
    group = Group(size=size, stride=stride)
    assert operation(data, group, fabric_with(domain=1024.0)) <= operation(data, group, fabric_with(domain=1.0))


@given(sizes, strides, st.floats(1e9, 1e12))
def test_all_reduce_moves_what_reduce_scatter_and_all_gather_move(size, stride, data):
    """Without latency and gain the wire time is exactly the sum of the two."""
    bare = Fabric(8.0, 4e11, 0.0, 5e10, 0.0)
    group = Group(size=size, stride=stride)
    halves = collectives.reduce_scatter(data, group, bare) + collectives.all_gather(data, group, bare)
    assert collectives.all_reduce(data, group, bare) == pytest.approx(halves, rel=1e-12)


def test_wire_time_of_textbook_cases():
    bare = Fabric(8.0, 4e11, 0.0, 5e10, 0.0)
    inside = Group(size=8.0, stride=1.0)
    assert collectives.all_reduce(4e9, inside, bare) == pytest.approx(2 * 7 / 8 * 4e9 / 4e11)
    assert collectives.all_gather(4e9, inside, bare) == pytest.approx(7 / 8 * 4e9 / 4e11)
    rail = Group(size=16.0, stride=8.0)
    assert collectives.all_reduce(4e9, rail, bare) == pytest.approx(2 * 15 / 16 * 4e9 / 5e10)
    pair_of_nodes = Group(size=16.0, stride=1.0)
    assert collectives.all_to_all(4e9, pair_of_nodes, bare) == pytest.approx(8 / 16 * 4e9 / 5e10)
    assert collectives.send(4e9, rail, bare) == pytest.approx(4e9 / 5e10)
    assert collectives.send(4e9, inside, bare) == pytest.approx(4e9 / 4e11)


def test_largest_message_bus_bandwidth_is_near_the_published_one():
    """nccl-tests bus bandwidth of 512 MB on 8 accelerators: H100 445 and 335, B200 704 and 617, A100 222 GB/s."""
    group, size = Group(size=8.0, stride=1.0), 512.0 * 2**20
    published = ((450e9, 445e9, 335e9, 4), (900e9, 704e9, 617e9, 5), (300e9, 222e9, 205e9, 3))
    for peak, reduce_bus, gather_bus, generation in published:
        fabric = fabric_with(up=peak, link=f"nvlink{generation}")
        reduced = 2 * 7 / 8 * size / collectives.all_reduce(size, group, fabric)
        gathered = 7 / 8 * size / collectives.all_gather(size, group, fabric)
        assert reduced == pytest.approx(reduce_bus, rel=0.20)
        assert gathered == pytest.approx(gather_bus, rel=0.15)


def test_shapes_follow_the_inputs():
    sizes_ = np.array([[1.0], [8.0], [64.0]])
    result = collectives.all_reduce(1e6, Group(size=sizes_, stride=np.ones((3, 1))), fabric_with())
    assert result.shape == (3, 1)
    assert result[0, 0] == 0.0
    assert result[1, 0] < result[2, 0]


@pytest.mark.parametrize("operation", ALL)
def test_dimensions_hold_and_every_used_fact_is_found(operation):
    facts = load_table("network_facts", NetworkFacts).traced().one("default")
    rate, volume = Traced(1e11, dimension("B/s")), Traced(1e7, dimension("B"))
    fabric = reached_fabric(8.0, rate, rate * 0.05, facts)
    taken = operation(volume, Group(size=16.0, stride=1.0), fabric)
    assert taken.dimension == dimension("s")
    slopes = {key.rsplit(".", 1)[1]: float(slope) for key, (_, slope) in gradient(taken).items()}
    assert slopes["call_latency"] == pytest.approx(1.0)
    assert slopes["scale_out_efficiency"] < 0.0


def relative_errors():
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow", reason="reading the measured table needs pyarrow")
    table = pandas.read_parquet(MEASURED / "op_nccl_collectives.parquet")
    peaks = {
        "A100-SXM": 300e9,
        "H100-SXM": 450e9,
        "H200-SXM": 450e9,
        "B200-SXM": 900e9,
        "B300-SXM": 900e9,
        "GB200": 900e9,
    }
    table = table[table.gpu.isin(peaks)]
    keys = ["gpu", "op_name", "num_gpus", "bytes"]
    table = table.groupby(keys).latency_us.median().reset_index()
    names = {"alltoall": "all_to_all"}
    table["predicted"] = 0.0
    for name, rows in table.groupby("op_name"):
        operation = getattr(collectives, names.get(name, name))
        fabric = replace(fabric_with(domain=72.0, up=rows.gpu.map(peaks).to_numpy()), direct_latency=0.0)
        group = Group(size=rows.num_gpus.to_numpy(float), stride=1.0)
        table.loc[rows.index, "predicted"] = operation(rows.bytes.to_numpy(float), group, fabric)
    table["error"] = table.predicted / (table.latency_us * 1e-6) - 1.0
    return table


@pytest.mark.skipif(not MEASURED.exists(), reason="the measured collectives are not beside the repository")
def test_measured_nccl_collectives():
    table = relative_errors()
    assert len(table) > 1000
    assert table.error.abs().median() < 0.16
    for _, rows in table.groupby(table.bytes > 3e7):
        assert abs(rows.error.median()) < 0.10
        assert rows.error.abs().median() < 0.20
