"""The pipeline schedule against its published formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.performance import pipeline
from rackwright.performance.records import Mapping
from rackwright.workload.records import TrainingJob


def mapping(pp: float = 1, interleave: float = 1, dp: float = 1, micro_batch: float = 1) -> Mapping:
    return Mapping(tp=1.0, pp=pp, ep=1.0, cp=1.0, dp=dp, micro_batch=micro_batch, interleave=interleave)


def job(batch: float) -> TrainingJob:
    return TrainingJob(tokens=1e12, sequence_length=2048.0, global_batch=batch, deadline=1e9)


def test_llama3_layout_of_126_layers_on_16_stages() -> None:
    """Published: one layer less on the first and on the last of 16 stages (arXiv 2407.21783, section 3.3.2)."""
    assert [float(part) for part in pipeline.stage_layers(126, mapping(pp=16))] == [7.0, 8.0, 7.0]


@given(stages=st.integers(3, 64), per_stage=st.integers(1, 8), m=st.integers(1, 512), v=st.integers(1, 4))
def test_equal_stages_give_the_published_bubble(stages: int, per_stage: int, m: int, v: int) -> None:
    """Bubble over ideal time is (pp - 1)/(v m) (arXiv 2104.04473, section 2.2.2)."""
    depth, design = stages * per_stage * v, mapping(pp=stages, interleave=v)
    slowest = pipeline.slowest_stage(depth, design, 1.0, 0.0, 0.0)
    idle = pipeline.bubble(float(depth), slowest.layers, design)
    assert idle / (m * slowest.layers) == pytest.approx((stages - 1) / (v * m))


@given(depth=st.integers(1, 200), pp=st.integers(1, 32), v=st.integers(1, 4))
def test_layers_are_neither_lost_nor_invented(depth: int, pp: int, v: int) -> None:
    first, middle, last = (float(part) for part in pipeline.stage_layers(depth, mapping(pp=pp, interleave=v)))
    if pp == 1:
        assert first == middle == last == depth
    else:
        assert last <= first <= middle
        assert first + last + (pp - 2) * middle >= depth


def test_output_head_makes_the_last_stage_the_slowest() -> None:
    slowest = pipeline.slowest_stage(128, mapping(pp=64), layer=1.0, head=0.2, embedding=0.01)
    assert (slowest.layers, slowest.head, slowest.embedding) == (2.0, 1.0, 0.0)
    relieved = pipeline.slowest_stage(126, mapping(pp=16), layer=1.0, head=0.2, embedding=0.01)
    assert (relieved.layers, relieved.head, relieved.embedding) == (8.0, 0.0, 0.0)


def test_one_stage_holds_everything_and_never_idles() -> None:
    alone = pipeline.slowest_stage(24, mapping(), layer=1.0, head=0.5, embedding=0.1)
    assert (alone.layers, alone.head, alone.embedding) == (24.0, 1.0, 1.0)
    assert pipeline.bubble(24.6, 24.6, mapping()) == 0.0


def test_activations_in_flight() -> None:
    """Published: pp micro-batches, times 1 + (pp-1)/(pp v) when interleaved (arXiv 2205.05198, section 4.2.3)."""
    assert pipeline.micro_batches_in_flight(job(64), mapping(pp=8)) == 8.0
    assert pipeline.micro_batches_in_flight(job(64), mapping(pp=8, interleave=3)) == pytest.approx(8 * (1 + 7 / 24))
    assert pipeline.micro_batches_in_flight(job(2), mapping(pp=8, interleave=3)) == 2.0


def test_a_block_gives_what_its_designs_give_alone() -> None:
    pp, v = np.array([[1.0], [4.0], [16.0]]), np.array([[1.0], [2.0], [1.0]])
    block = pipeline.slowest_stage(126, mapping(pp=pp, interleave=v), layer=1.0, head=0.3, embedding=0.1)  # type: ignore[arg-type]
    for row in range(3):
        alone = pipeline.slowest_stage(126, mapping(pp=pp[row, 0], interleave=v[row, 0]), 1.0, 0.3, 0.1)
        assert block.layers[row, 0] == alone.layers
        assert block.head[row, 0] == alone.head


def test_an_indivisible_batch_is_rounded_up() -> None:
    assert pipeline.micro_batches(job(10), mapping(dp=4, micro_batch=1)) == 3.0
