"""How sure: percentiles over draws of the facts, and the tornado."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rackwright.plan.metrics import METRICS, metrics_of
from rackwright.plan.uncertainty import MOST_BARS, bands_of, draw_design, tornado_of

ITEMS = [METRICS[key] for key in ("usd_per_mtoken", "ttft", "pue", "carbon", "ready_date")]


def drawn(setting, samples=48, seed=5, items=ITEMS, world=None):
    return draw_design(setting.design, setting.problem, world or setting.world, items, samples, seed)


def test_draws_are_the_same_again_and_others_with_another_seed(serve_setting):
    first, again, other = drawn(serve_setting), drawn(serve_setting), drawn(serve_setting, seed=6)
    for key, values in first.metrics.items():
        assert values.tolist() == again.metrics[key].tolist()
        assert np.unique(values).size > 10
        assert values.tolist() != other.metrics[key].tolist()
    assert first.holds == again.holds


def test_the_number_of_draws_is_the_one_asked_for_in_any_portions(serve_setting, monkeypatch):
    from rackwright.plan import uncertainty

    monkeypatch.setattr(uncertainty, "_SAMPLES_AT_ONCE", 7)
    draws = drawn(serve_setting, samples=18)
    assert all(len(values) == 18 for values in draws.metrics.values())
    assert len(draws.keeps_limits) == 18
    assert len(np.unique(draws.metrics["usd_per_mtoken"])) == 18  # no portion repeats another


def test_no_draws_give_no_bands(serve_setting):
    draws = drawn(serve_setting, samples=0)
    assert bands_of(draws.metrics, ITEMS) == []
    assert np.isnan(draws.holds)


def test_bands_are_percentiles_of_the_draws(serve_setting):
    draws = drawn(serve_setting)
    bands = {band["metric"]: band for band in bands_of(draws.metrics, ITEMS)}
    assert list(bands) == [item.key for item in ITEMS]
    for key, band in bands.items():
        values = draws.metrics[key]
        assert band["p10"] <= band["p50"] <= band["p90"]
        assert (band["p10"], band["p50"], band["p90"]) == pytest.approx(tuple(np.percentile(values, [10, 50, 90])))
        assert values.min() <= band["p10"]
        assert band["p90"] <= values.max()
        assert band["unit"] == METRICS[key].unit


def test_numbers_that_are_not_finite_are_left_out_of_bands():
    draws = {"pue": np.array([1.1, np.inf, 1.2, np.nan]), "ttft": np.array([np.inf])}
    bands = bands_of(draws, [METRICS["pue"], METRICS["ttft"]])
    assert [band["metric"] for band in bands] == ["pue"]
    assert bands[0]["p50"] == pytest.approx(1.15)


def test_draws_do_not_depend_on_facts_that_the_design_does_not_rest_on(serve_setting):
    """The stream of a fact depends on its key and the seed alone."""
    key = "locations.oslo-no.electricity_price"
    fact = serve_setting.fact(key)
    wider = serve_setting.world.catalogue.with_fact(key, replace(fact, low=0.0, high=10.0 * fact.high))
    changed = drawn(serve_setting, world=type(serve_setting.world)(wider, serve_setting.case))
    for name, values in drawn(serve_setting).metrics.items():
        assert values.tolist() == changed.metrics[name].tolist()


def test_a_wider_fact_gives_a_wider_band(serve_setting):
    key = "systems.hgx-h100.price"
    fact = serve_setting.fact(key)
    world = type(serve_setting.world)
    spans = []
    for width in (0.0, 0.8):
        ends = replace(fact, low=fact.value * (1 - width), high=fact.value * (1 + width))
        catalogue = serve_setting.world.catalogue.with_fact(key, ends)
        (band,) = bands_of(drawn(serve_setting, world=world(catalogue, serve_setting.case)).metrics, ITEMS[:1])
        spans.append(band["p90"] - band["p10"])
    assert spans[1] > 1.5 * spans[0] > 0


def test_the_share_of_draws_that_hold_is_that_of_the_limits(serve_setting, train_setting):
    assert 0.5 < drawn(serve_setting).holds <= 1.0
    late = replace(train_setting.problem, demand=replace_deadline(train_setting.problem.demand, 1.0))
    items = [METRICS["duration"]]
    assert draw_design(train_setting.design, late, train_setting.world, items, 8, 1).holds == 0.0
    middle = np.median(
        draw_design(train_setting.design, train_setting.problem, train_setting.world, items, 32, 1).metrics["duration"]
    )
    half = replace(train_setting.problem, demand=replace_deadline(train_setting.problem.demand, float(middle)))
    assert draw_design(train_setting.design, half, train_setting.world, items, 32, 1).holds == pytest.approx(0.5)


def replace_deadline(job, deadline):
    return type(job)(
        tokens=job.tokens, sequence_length=job.sequence_length, global_batch=job.global_batch, deadline=deadline
    )


@pytest.mark.parametrize("key", ["usd_per_mtoken", "carbon", "pue"])
def test_a_tornado_bar_is_the_metric_with_one_fact_moved(serve_setting, key):
    tornado = tornado_of(
        METRICS[key], serve_setting.traced, serve_setting.design, serve_setting.problem, serve_setting.world
    )
    assert tornado["base"] == pytest.approx(serve_setting.metrics[key], rel=1e-9)
    assert 3 <= len(tornado["bars"]) <= MOST_BARS
    spans = [abs(bar["at_high"] - bar["at_low"]) for bar in tornado["bars"]]
    assert spans == sorted(spans, reverse=True)
    for bar in tornado["bars"][:3]:
        fact = serve_setting.fact(bar["fact"])
        assert fact.low < fact.high
        for end, found in ((fact.low, bar["at_low"]), (fact.high, bar["at_high"])):
            assert found == pytest.approx(serve_setting.moved(bar["fact"], end / fact.value)[key], rel=1e-9)
        assert bar["grade"] == fact.grade


def test_definitions_are_not_in_a_tornado(serve_setting):
    tornado = tornado_of(
        METRICS["usd_per_mtoken"],
        serve_setting.traced,
        serve_setting.design,
        serve_setting.problem,
        serve_setting.world,
    )
    assert "definition" not in {bar["grade"] for bar in tornado["bars"]}


def test_every_metric_can_be_drawn(setting):
    draws = draw_design(setting.design, setting.problem, setting.world, metrics_of(setting.problem.kind), 4, 1)
    assert set(draws.metrics) == {item.key for item in metrics_of(setting.problem.kind)}
    assert all(np.isfinite(values).all() for values in draws.metrics.values())
