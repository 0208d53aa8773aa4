"""Accelerator power: published wattages, monotonicity, dimension."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.trace import Traced
from rackwright.catalogue.loader import load_table
from rackwright.performance.power import PowerFacts, accelerator_power

FACTS = load_table("power_facts", PowerFacts)
USE = st.floats(0.0, 1.0)


def test_decode_on_h100_draws_what_was_measured() -> None:
    """ML.ENERGY v3: median 496 W of 700 W while serving on H100 (vLLM), where decode moves memory at half its peak."""
    power = accelerator_power(0.15, 0.5, 700.0, FACTS.one("base"))
    assert power == pytest.approx(496.0, rel=0.15)


@given(USE, USE, USE, USE)
def test_more_work_never_draws_less_and_never_above_tdp(a: float, b: float, c: float, d: float) -> None:
    facts = FACTS.one("base")
    low = accelerator_power(min(a, b), min(c, d), 700.0, facts)
    high = accelerator_power(max(a, b), max(c, d), 700.0, facts)
    assert 0.0 < low <= high <= 700.0


def test_blocks_and_traces_agree_with_floats() -> None:
    alone = accelerator_power(0.3, 0.4, 1000.0, FACTS.one("base"))
    block = accelerator_power(np.full((5, 1), 0.3), 0.4, 1000.0, FACTS.one("base"))
    traced = accelerator_power(0.3, 0.4, 1000.0, FACTS.traced().one("base"))
    assert isinstance(traced, Traced)
    assert np.asarray(block) == pytest.approx(alone)
    assert float(traced) == pytest.approx(float(alone))
