"""Queueing formulas against exact results."""

from __future__ import annotations

from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.performance.queueing import (
    lognormal_ratio,
    mean_wait,
    normal_quantile,
    poisson_quantile,
    wait_quantile,
)


def test_wait_of_one_exponential_server():
    assert mean_wait(0.8, 2.0, 1.0) == pytest.approx(0.8 / (1 - 0.8) * 2.0)


def test_fixed_service_halves_the_wait():
    assert mean_wait(0.6, 1.0, 0.0) == pytest.approx(0.5 * mean_wait(0.6, 1.0, 1.0))


@given(st.floats(0.01, 0.98), st.floats(0.001, 0.019))
def test_wait_grows_with_utilisation_and_diverges(utilisation, more):
    assert mean_wait(utilisation + more, 1.0, 1.0) > mean_wait(utilisation, 1.0, 1.0)
    assert mean_wait(1.0, 1.0, 1.0) > 1e8


@given(st.floats(0.05, 0.99), st.floats(0.5, 0.999))
def test_wait_quantile_is_that_of_one_exponential_server(utilisation, percentile):
    wait = mean_wait(utilisation, 1.0, 1.0)
    late = wait_quantile(wait, utilisation, percentile)
    # P(W > t) = rho exp(-(1 - rho) t / S) in M/M/1
    from math import exp

    beyond = utilisation * exp(-(1.0 - utilisation) * late)
    assert beyond == pytest.approx(min(1.0 - percentile, utilisation))


@given(st.floats(0.001, 0.9999))
def test_normal_quantile(percentile):
    assert normal_quantile(percentile) == pytest.approx(NormalDist().inv_cdf(percentile), abs=5e-4)


def test_lognormal_and_poisson_quantiles():
    assert lognormal_ratio(3.0, 0.0) == 1.0
    assert lognormal_ratio(1.2816, 1.0) == pytest.approx(2.0556, rel=1e-3)
    assert poisson_quantile(100.0, 2.0) == 120.0
