"""Lengths, days, precision and training jobs."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.errors import UnknownNameError
from rackwright.workload import lengths
from rackwright.workload.architecture import architecture_of
from rackwright.workload.precision import format_bytes, formats, precision_name, precision_of, training_precision
from rackwright.workload.traffic import (
    Service,
    daily_profiles,
    load_shape,
    profile_shape,
    rate_from_tokens,
    serving_demand,
)
from rackwright.workload.training import steps, training_flops, training_job

MEANS, SIGMAS = st.floats(1, 1e6), st.floats(0.05, 2.5)


@given(mean=MEANS, sigma=SIGMAS)
def test_a_lognormal_is_found_again_from_any_two_of_its_numbers(mean, sigma):
    whole = lengths.lognormal(mean, sigma)
    by_scv = lengths.lognormal_by_scv(mean, whole.scv)
    points = [(share, whole.percentile(share)) for share in (0.5, 0.9)]
    by_points = lengths.lognormal_by_percentiles(points)
    by_median = lengths.lognormal_by_mean_and_percentile(mean, *points[0])
    for found in (by_scv, by_points, by_median):
        assert found.mean == pytest.approx(mean, rel=1e-6)
        assert found.sigma == pytest.approx(sigma, rel=1e-6)


@given(mean=MEANS, sigma=st.floats(0.05, 1.2))
def test_mean_and_p90_fix_a_narrow_lognormal(mean, sigma):
    """Of two solutions the narrower is taken; z(0.9) is 1.28, so sigma below it is the one."""
    whole = lengths.lognormal(mean, sigma)
    found = lengths.lognormal_by_mean_and_percentile(mean, 0.9, whole.percentile(0.9))
    assert found.sigma == pytest.approx(sigma, rel=1e-5)


def test_no_lognormal_has_a_p90_of_ten_times_its_mean():
    assert lengths.lognormal_by_mean_and_percentile(100.0, 0.9, 1000.0) is None


def test_lognormal_moments_agree_with_draws():
    drawn = np.random.default_rng(1).lognormal(math.log(500), 0.8, 400_000)
    by_median = lengths.lognormal_by_percentiles([(0.5, 500.0), (0.9, 500 * math.exp(0.8 * 1.2815515655446004))])
    assert by_median.mean == pytest.approx(drawn.mean(), rel=0.01)
    assert by_median.scv == pytest.approx(drawn.var() / drawn.mean() ** 2, rel=0.05)


@given(
    st.lists(st.tuples(st.integers(1, 10**6), st.floats(0.01, 100)), min_size=1, max_size=20, unique_by=lambda p: p[0])
)
def test_a_histograms_moments(pairs):
    values, weights = np.array([p[0] for p in pairs], float), np.array([p[1] for p in pairs])
    found = lengths.histogram(list(values), list(weights))
    mean = np.average(values, weights=weights)
    assert found.mean == pytest.approx(mean)
    assert found.scv == pytest.approx(np.average((values - mean) ** 2, weights=weights) / mean**2, abs=1e-9)
    assert min(values) <= found.percentile(0.5) <= found.percentile(0.99) <= max(values)


def test_fixed_lengths_do_not_vary():
    assert (lengths.fixed(100).scv, lengths.fixed(100).percentile(0.99)) == (0.0, 100)


def test_measured_lengths_keep_the_traces_mean():
    assert lengths.measured("azure-chat-input").mean == 1154.7
    with pytest.raises(UnknownNameError, match="azure-chat-input"):
        lengths.measured("azure-chat")


@given(st.lists(st.floats(0.001, 1000), min_size=24, max_size=24))
def test_moments_of_a_day(hours):
    shape = load_shape(hours)
    assert shape.peak_to_mean >= 1 - 1e-12
    assert 1 - 1e-9 <= shape.square <= shape.cube * (1 + 1e-9) or shape.cube < 1 + 1e-9
    scaled = load_shape([7 * hour for hour in hours])
    assert scaled.cube == pytest.approx(shape.cube)


def test_a_flat_day_has_no_peak():
    assert load_shape(profile_shape("flat")) == load_shape([5.0] * 24)
    assert load_shape(profile_shape("flat")).peak_to_mean == 1


@pytest.mark.parametrize("name", daily_profiles().ids)
def test_every_profile_is_a_day_with_mean_one(name):
    hours = profile_shape(name)
    assert len(hours) == 24
    assert sum(hours) / 24 == pytest.approx(1, abs=2e-3)


def test_demand_from_tokens_per_day():
    asked, answered = lengths.fixed(4383), lengths.fixed(1211)
    rate = rate_from_tokens(776e9 / 86400, asked.mean, answered.mean)
    demand = serving_demand(rate, asked, answered, profile_shape("flat"), Service(5.0, 0.05, 0.5, 0.563))
    assert demand.request_rate * demand.input_tokens * 86400 == pytest.approx(608e9, rel=1e-3)
    assert demand.request_rate * demand.output_tokens * 86400 == pytest.approx(168e9, rel=1e-3)
    assert rate_from_tokens(100.0, 10, 5, "output") == 20


@pytest.mark.parametrize(
    ("name", "expected"),
    [("bf16", 2.0), ("fp8", 1 + 4 / 128**2), ("mxfp8", 1 + 1 / 32), ("nvfp4", 0.5 + 1 / 16), ("fp4", 0.5 + 1 / 16),
     ("mxfp4", 0.5 + 1 / 32)],
)  # fmt: skip
def test_bytes_with_scaling_factors(name, expected):
    assert format_bytes(name) == expected


def test_gpt_oss_fits_its_published_checkpoint():
    """The 120B checkpoint is 60.8 GiB: expert weights in MXFP4, the rest in 16 bits (model card)."""
    from rackwright.workload.parameters import parameter_breakdown

    parts = parameter_breakdown(architecture_of("gpt-oss-120b"))
    rest = parts.total - parts["experts"]
    assert parts["experts"] * format_bytes("mxfp4") + rest * 2 == pytest.approx(60.8 * 2**30, rel=0.02)


def test_precisions_compute_as_their_weights_allow():
    assert precision_of("fp8").compute == "fp8"
    assert precision_of("nvfp4").compute == "fp4"
    assert precision_of("int4").compute == "bf16"
    assert precision_of("fp8").kv_bytes == 2
    assert precision_of("fp8", kv_cache="fp8").kv_bytes == 1
    assert training_precision("fp8").weight_bytes == 2
    assert all(precision_of(name).weight_bytes > 0 for name in formats().ids)


def test_precision_names():
    assert precision_name(precision_of("bf16")) == "bf16"
    assert precision_name(precision_of("fp8")) == "fp8 (kv bf16)"
    assert precision_name(precision_of("fp8", kv_cache="fp8")) == "fp8"


@pytest.mark.parametrize("call", [lambda: precision_of("fp9"), lambda: precision_of("fp8", "int4")])
def test_unknown_formats_are_refused(call):
    with pytest.raises(UnknownNameError):
        call()


def test_a_training_job_counts_steps_and_operations():
    job = training_job(15.6e12, 8192, 2048 * 8192)
    assert job.global_batch == 2048
    assert steps(job) == pytest.approx(15.6e12 / (2048 * 8192))
    architecture = architecture_of("llama-3.1-405b")
    assert training_flops(architecture, job) == pytest.approx(3.8e25, rel=0.05)
    assert training_flops(architecture, training_job(31.2e12, 8192, 2048 * 8192)) == pytest.approx(
        2 * training_flops(architecture, job)
    )
