"""Goodput against published runs, and its limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.trace import Traced, gradient
from rackwright.base.units import dimension
from rackwright.catalogue.loader import load_table
from rackwright.performance.goodput import best_interval, goodput
from rackwright.performance.training_facts import TrainingFacts

TABLE = load_table("training_facts", TrainingFacts)
FACTS = TABLE.one("megatron-core")
HOUR, DAY = 3600.0, 86400.0
LLAMA_405B = 405e9


def test_llama3_run_on_16384_accelerators() -> None:
    """Published: 419 unexpected interruptions in 54 days, effective training time above 90 % (arXiv 2407.21783)."""
    run = goodput(LLAMA_405B, 16384.0, 5.7, FACTS)
    assert 54 * DAY / run.time_between_failures == pytest.approx(419, rel=0.01)
    assert 0.90 < run.share < 0.97


def test_bytedance_run_on_9600_accelerators() -> None:
    """Published: 97 % effective training time over three months on 9,600 accelerators (arXiv 2509.16293)."""
    assert goodput(200e9, 9600.0, 8.0, FACTS).share == pytest.approx(0.97, abs=0.025)


def test_small_correction_recovers_young() -> None:
    """Five minutes against a day between failures: Young gives two hours, Daly's terms move it by under 3 % [2]."""
    assert best_interval(300.0, 24 * HOUR) == pytest.approx(2 * HOUR, rel=0.03)


def test_long_writes_fall_back_to_the_time_between_failures() -> None:
    assert best_interval(3 * HOUR, HOUR) == HOUR


@given(
    write=st.floats(1.0, 600.0),
    between=st.floats(HOUR, 30 * DAY),
    factor=st.sampled_from([0.5, 0.8, 1.25, 2.0]),
)
def test_no_other_interval_does_better(write: float, between: float, factor: float) -> None:
    """The interval maximises equation (5) without the restart factor, which does not depend on it."""

    def share(interval: float) -> float:
        return float(interval / (between * np.expm1((interval + write) / between)))

    best = float(best_interval(write, between))
    assert share(best) >= share(best * factor) - 1e-9


@given(accelerators=st.floats(8.0, 1e6), more=st.floats(1.1, 10.0))
def test_more_accelerators_lower_the_share(accelerators: float, more: float) -> None:
    few = goodput(LLAMA_405B, accelerators, 5.0, FACTS).share
    many = goodput(LLAMA_405B, accelerators * more, 5.0, FACTS).share
    assert 0.0 <= many <= few <= 1.0


def test_hopeless_fleet_gives_zero_and_no_overflow() -> None:
    assert goodput(LLAMA_405B, 1e12, 5.0, FACTS).share == pytest.approx(0.0, abs=1e-12)


def test_dimensions_and_derivatives() -> None:
    facts = TABLE.traced().one("megatron-core")
    step = Traced(5.0, dimension("s"), op="constant")
    share = goodput(LLAMA_405B, 16384.0, step, facts).share
    slopes = {key.rsplit(".", 1)[1]: slope for key, (_, slope) in gradient(share).items()}
    assert {"failure_rate", "restart_time", "storage_bandwidth", "checkpoint_bytes"} <= slopes.keys()
    assert slopes["failure_rate"] < 0
    assert slopes["restart_time"] < 0
    assert slopes["storage_bandwidth"] > 0
