"""The whole pipeline: three readings give one number, dimensions fit, derivatives are right, sums hold, laws hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rackwright.base.breakdown import Breakdown
from rackwright.base.record import fields_of
from rackwright.base.record import replace as with_fields
from rackwright.base.trace import Traced, gradient
from rackwright.base.units import dimension
from rackwright.catalogue import table
from rackwright.performance.records import Mapping
from rackwright.plan import world as world_module
from rackwright.plan.evaluate import evaluate
from rackwright.plan.metrics import METRICS, metrics_of
from rackwright.plan.outcome import Design
from rackwright.plan.redesign import design_from
from rackwright.plan.stated import traced_problem
from rackwright.plan.world import World


def first(value):
    return float(np.asarray(value, dtype=float).reshape(-1)[0])


def read(outcome, kind):
    return {item.key: first(item.read(outcome)) for item in metrics_of(kind)}


def one_by_one(design, rows):
    """Cut a block into designs."""
    mapping = {f.name: getattr(design.mapping, f.name) for f in fields_of(Mapping)}
    for row in range(rows):
        cut = slice(row, row + 1)
        yield Design(
            system=design.system[cut],
            site=design.site[cut],
            cooling=design.cooling[cut],
            mapping=Mapping(**{name: np.broadcast_to(value, (rows, 1))[cut] for name, value in mapping.items()}),
            prefill=design.prefill,
        )


def block_of(setting):
    """Return every system, site and cooling of the case with the setting's mapping, and another batch."""
    world, allowed = setting.world, setting.case.workloads[0].candidates
    codes = [
        (world.systems.code(system), world.locations.code(site), world.coolings.index(cooling))
        for system in allowed.systems
        for site in allowed.sites
        for cooling in allowed.coolings
    ]
    system, site, cooling = (np.array(column, dtype=np.intp)[:, np.newaxis] for column in zip(*codes, strict=True))
    batch = np.linspace(16, 128, len(codes)).round()[:, np.newaxis]
    return Design(
        system=system,
        site=site,
        cooling=cooling,
        mapping=with_fields(setting.design.mapping, batch=batch),
        prefill=setting.design.prefill,
    )


def test_a_row_of_a_block_is_the_design_on_its_own(setting):
    block = block_of(setting)
    rows = len(block.system)
    together = evaluate(block, setting.problem, setting.world)
    margins = [np.broadcast_to(limit.margin, (rows, 1)) for limit in together.limits]
    different = set()
    for row, design in enumerate(one_by_one(block, rows)):
        alone = evaluate(design, setting.problem, setting.world)
        for item in metrics_of(setting.problem.kind):
            found = np.broadcast_to(np.asarray(item.read(together)), (rows, 1))[row, 0]
            assert found == pytest.approx(first(item.read(alone)), rel=1e-12), item.key
        assert [m[row, 0] for m in margins] == pytest.approx([first(limit.margin) for limit in alone.limits], rel=1e-9)
        different.add(first(alone.cost.per_mtoken))
    assert len(different) == rows


def test_a_design_is_the_same_in_a_case_that_knows_no_other_place(serve_setting, make_setting):
    """Codes of sites and coolings mean what they name, however many the case lists."""
    text = serve_setting.case.text
    for site in ("dallas-tx", "columbus-oh"):
        for cooling in ("direct-to-chip-dry", "direct-to-chip-tower"):
            alone = make_setting(
                text.replace("[dallas-tx, columbus-oh]", f"[{site}]").replace(
                    "[direct-to-chip-dry, direct-to-chip-tower]", f"[{cooling}]"
                ),
                tp=2,
                batch=32,
            )
            among, problem = design_from(
                serve_setting.case, serve_setting.world, None, {"site": site, "cooling": cooling, "tp": 2, "batch": 32}
            )
            together = read(evaluate(among, problem, serve_setting.world), "serve")
            assert together == pytest.approx(alone.metrics, rel=1e-12)


def test_the_traced_number_is_the_plain_one(setting):
    assert read(setting.traced, setting.problem.kind) == pytest.approx(setting.metrics, rel=1e-9)
    traced, plain = setting.traced.limits, setting.plain.limits
    assert [limit.name for limit in traced] == [limit.name for limit in plain]
    assert [first(limit.margin) for limit in traced] == pytest.approx(
        [first(limit.margin) for limit in plain], rel=1e-9, abs=1e-9
    )


def test_samples_of_facts_without_range_are_the_plain_number(setting, monkeypatch):
    monkeypatch.setattr(table, "draw", lambda fact, samples, seed: np.full(samples, fact.value))
    monkeypatch.setattr(world_module, "_HOURS_STEP_OF_SAMPLES", 1)
    view = World(setting.world.catalogue.sampled(3, 1), setting.case)
    outcome = evaluate(setting.design, setting.problem, view)
    for item in metrics_of(setting.problem.kind):
        values = np.broadcast_to(np.asarray(item.read(outcome)), (1, 3))[0]
        assert values == pytest.approx(setting.metrics[item.key], rel=1e-9), item.key


def test_samples_of_every_seventh_hour_keep_the_year(setting, monkeypatch):
    monkeypatch.setattr(table, "draw", lambda fact, samples, seed: np.full(samples, fact.value))
    outcome = evaluate(setting.design, setting.problem, World(setting.world.catalogue.sampled(2, 1), setting.case))
    assert first(outcome.site.pue) == pytest.approx(setting.metrics["pue"], rel=2e-3)
    assert first(outcome.site.energy) == pytest.approx(setting.metrics["energy"], rel=2e-3)


def test_every_metric_has_the_dimension_of_its_unit(setting):
    """The dimension test of the whole pipeline: units declared in one place, formulas in another."""
    plain = {"replica_size", "replicas"}  # counts that come from the mapping alone
    for item in metrics_of(setting.problem.kind):
        value = item.read(setting.traced)
        if isinstance(value, Traced):
            assert value.dimension == dimension(item.unit), item.key
        else:
            assert item.key in plain
            assert dimension(item.unit) == ()


def breakdowns(value, name=""):
    """Yield every sum of an outcome."""
    if isinstance(value, Breakdown):
        yield name, value
    elif hasattr(value, "__dataclass_fields__"):
        for declared in fields_of(value):
            yield from breakdowns(getattr(value, declared.name), f"{name}.{declared.name}")


def test_every_sum_has_the_dimension_of_its_unit(setting):
    found = dict(breakdowns(setting.traced))
    assert len(found) >= 10
    for name, breakdown in found.items():
        for part, value in breakdown.items():
            if isinstance(value, Traced):
                assert value.dimension == dimension(breakdown.unit), f"{name} {part}"


SMOOTH = ("tpot_mean", "ttft", "step_time", "duration", "pue", "memory", "mfu", "ready_date")
"""Metrics in which no count of whole things moves with the facts tried."""
STEPPED = ("accelerators", "scale_up_domain", "nics", "nic_bandwidth", "power_max")
"""Fields that stand in a count, or at the kink of a minimum."""


def test_gradients_are_finite_differences(setting):
    keys = [key for key in SMOOTH if setting.problem.kind in METRICS[key].kinds]
    assert len(keys) >= 5
    for key in keys:
        check_gradient(setting, key)


def check_gradient(setting, key):
    value = METRICS[key].read(setting.traced)
    step, base, tried = 1e-5, float(value), 0
    effects = {
        fact: first(np.sum(slope)) * leaf.fact.value / base
        for fact, (leaf, slope) in gradient(value).items()
        if not fact.startswith("case.") and fact.rsplit(".", 1)[1] not in STEPPED
    }
    for fact in sorted(effects, key=lambda name: -abs(effects[name]))[:5]:
        up, down = setting.moved(fact, 1.0 + step)[key], setting.moved(fact, 1.0 - step)[key]
        assert effects[fact] == pytest.approx((up - down) / (2.0 * step * base), rel=1e-3, abs=1e-5), fact
        tried += abs(effects[fact]) > 1e-3
    assert tried >= 2


@pytest.mark.parametrize(
    ("fact", "keys"),
    [
        ("locations.dallas-tx.electricity_price", ("usd_per_mtoken", "annual_cost", "usd_per_mw_year")),
        ("systems.hgx-h100.price", ("usd_per_mtoken", "capex", "total_cost")),
        ("economics.hyperscaler.cost_of_capital", ("usd_per_mtoken", "usd_per_accelerator_hour")),
        ("locations.dallas-tx.carbon_intensity", ("carbon", "carbon_annual", "carbon_per_mtoken")),
        ("site_facts.rack-battery.loop_pumps", ("pue", "energy", "annual_cost", "carbon")),
    ],
)
def test_cost_and_carbon_follow_the_facts(serve_setting, fact, keys):
    step = 1e-4
    up, down = serve_setting.moved(fact, 1.0 + step), serve_setting.moved(fact, 1.0 - step)
    for key in keys:
        value = METRICS[key].read(serve_setting.traced)
        slope = first(np.sum(gradient(value)[fact][1])) * serve_setting.fact(fact).value
        assert slope == pytest.approx((up[key] - down[key]) / (2.0 * step), rel=1e-3), key
        assert abs(slope) > 1e-6 * abs(float(value)), key


def test_energy_money_and_carbon_add_up(setting):
    outcome, metrics = setting.plain, setting.metrics
    year = setting.fact("economics.hyperscaler.year").value
    tokens = first(outcome.fleet.input_tokens + outcome.fleet.output_tokens) * year
    assert metrics["energy"] == pytest.approx(metrics["facility_power"] * year, rel=1e-6)
    assert metrics["facility_power"] == pytest.approx(metrics["pue"] * metrics["it_power_mean"], rel=1e-9)
    assert metrics["usd_per_mtoken"] * tokens / 1e6 == pytest.approx(metrics["annual_cost"], rel=1e-9)
    assert metrics["carbon_per_mtoken"] * tokens / 1e6 == pytest.approx(metrics["carbon_annual"], rel=1e-9)
    assert metrics["energy_per_mtoken"] * tokens / 1e6 == pytest.approx(metrics["energy"], rel=1e-6)
    years = first(outcome.fleet.duration) / year
    assert metrics["total_cost"] == pytest.approx(metrics["annual_cost"] * years, rel=1e-9)
    assert metrics["carbon"] == pytest.approx(metrics["carbon_annual"] * years, rel=1e-9)
    assert metrics["it_power"] == pytest.approx(first(outcome.cluster.power.total), rel=1e-9)
    price = setting.fact("locations.dallas-tx.electricity_price").value
    assert first(outcome.cost.annual["energy"]) == pytest.approx(metrics["energy"] * price, rel=1e-9)
    burnt = sum(first(part) for name, part in outcome.carbon.annual.items() if name.startswith("operation"))
    grid = setting.fact("locations.dallas-tx.carbon_intensity").value
    assert burnt == pytest.approx(metrics["energy"] * grid, rel=1e-9)


def test_input_and_output_tokens_share_the_bill(serve_setting):
    metrics, fleet = serve_setting.metrics, serve_setting.plain.fleet
    year = serve_setting.fact("economics.hyperscaler.year").value
    bill = metrics["usd_per_mtoken_input"] * first(fleet.input_tokens)
    bill += metrics["usd_per_mtoken_output"] * first(fleet.output_tokens)
    assert bill * year / 1e6 == pytest.approx(metrics["annual_cost"], rel=1e-9)
    demand = serve_setting.problem.demand
    assert first(fleet.output_tokens) == pytest.approx(demand.request_rate * demand.output_tokens)


def test_everything_bought_is_counted_once(setting):
    cluster, fleet, cost = setting.plain.cluster, setting.plain.fleet, setting.plain.cost
    per_system = setting.fact(f"systems.{setting.world.systems.ids[int(setting.design.system[0, 0])]}.accelerators")
    assert first(cluster.accelerators) == first(cluster.systems) * per_system.value
    assert first(cluster.accelerators) >= first(fleet.accelerators)
    assert first(cost.capex.total) > first(cluster.capex.total)
    assert first(fleet.accelerators) == pytest.approx(
        np.ceil(first(fleet.replicas) * first(setting.plain.performance.accelerators) - 1e-6)
    )


def test_the_fleet_carries_the_peak_and_no_replica_more(serve_setting):
    demand, metrics = serve_setting.problem.demand, serve_setting.metrics
    peak = demand.request_rate * demand.peak_to_mean
    assert metrics["replicas"] * metrics["request_rate"] >= peak * (1 - 1e-6)
    assert (metrics["replicas"] - 1.0) * metrics["request_rate"] < peak
    carried = metrics["utilisation"] * metrics["replicas"] * metrics["request_rate"]
    assert carried == pytest.approx(demand.request_rate)


def test_a_training_run_trains_its_tokens(train_setting):
    metrics, job = train_setting.metrics, train_setting.problem.demand
    steps = job.tokens / (job.global_batch * job.sequence_length)
    assert metrics["duration"] * metrics["goodput"] == pytest.approx(steps * metrics["step_time"], rel=1e-6)
    assert metrics["usd_per_mtoken"] * job.tokens / 1e6 == pytest.approx(metrics["total_cost"], rel=1e-9)
    chip = train_setting.plain.chosen.chip
    work = 6.0 * 8.03e9 * job.tokens  # operations of a dense model, attention over the sequence apart
    reached = work / metrics["duration"] / first(train_setting.plain.fleet.accelerators) / first(chip.peak_bf16)
    assert metrics["mfu"] * metrics["goodput"] == pytest.approx(reached, rel=0.2)


@pytest.mark.parametrize("kind", ["serve", "experts", "disaggregated"])
def test_twice_the_demand_is_twice_the_machine_up_to_whole_ones(kind, request):
    setting = request.getfixturevalue(f"{kind}_setting")

    def scaled(factor):
        demand = with_fields(setting.problem.demand, request_rate=setting.problem.demand.request_rate * factor)
        outcome = evaluate(setting.design, replace(setting.problem, demand=demand), setting.world)
        return read(outcome, "serve") | {"tokens": first(outcome.fleet.output_tokens)}

    once, twice = scaled(40.0), scaled(80.0)
    assert twice["tokens"] == pytest.approx(2.0 * once["tokens"], rel=1e-12)
    assert twice["replicas"] in (2.0 * once["replicas"], 2.0 * once["replicas"] - 1.0)
    for key in ("accelerators", "systems", "capex", "annual_cost", "energy", "carbon", "it_power", "feeder_power"):
        assert twice[key] == pytest.approx(2.0 * once[key], rel=0.03), key
    assert twice["usd_per_mtoken"] == pytest.approx(once["usd_per_mtoken"], rel=0.03)
    for key in ("ttft", "tpot", "request_rate", "memory", "pue_peak", "mfu"):
        assert twice[key] == pytest.approx(once[key], rel=1e-9), key


@pytest.mark.parametrize(
    ("fact", "rises", "stays"),
    [
        ("locations.dallas-tx.electricity_price", "usd_per_mtoken", "energy"),
        ("systems.hgx-h100.price", "usd_per_mtoken", "energy"),
        ("locations.dallas-tx.carbon_intensity", "carbon", "usd_per_mtoken"),
        ("carbon_facts.base.logic", "carbon_embodied", "usd_per_mtoken"),
        ("locations.dallas-tx.construction_cost", "capex", "energy"),
        ("economics.hyperscaler.wage", "annual_cost", "capex"),
        ("lead_times.acceptance.time", "ready_date", "usd_per_mtoken"),
        ("accelerators.h100-sxm.memory_bandwidth", "request_rate", "capex"),
    ],
)
def test_dearer_dirtier_and_faster_facts_do_what_they_say(serve_setting, fact, rises, stays):
    changed = serve_setting.moved(fact, 1.01)
    assert changed[rises] > serve_setting.metrics[rises]
    assert changed[stays] == pytest.approx(serve_setting.metrics[stays], rel=1e-9)


def test_a_warmer_site_needs_more_cooling(serve_setting):
    warmer = World(serve_setting.world.catalogue, serve_setting.case)
    climates = serve_setting.world.weathers
    vars(warmer)["weathers"] = {
        name: with_fields(weather, **{f.name: getattr(weather, f.name) + 5.0 for f in fields_of(weather)})
        for name, weather in climates.items()
    }
    outcome = evaluate(serve_setting.design, serve_setting.problem, warmer)
    assert first(outcome.site.pue) > serve_setting.metrics["pue"] * 1.003
    assert first(outcome.site.trim_hours) > serve_setting.metrics["trim_hours"]
    assert first(outcome.cluster.power_mean) == serve_setting.metrics["it_power_mean"]


@pytest.mark.parametrize(
    ("kind", "change", "broken"),
    [
        ("serve", {"tp": 64.0}, "tensor-parallel ways inside the scale-up domain"),
        ("serve", {"batch": 4096.0}, "memory per accelerator"),
        ("serve", {"pp": 64.0}, "pipeline stages against layers"),
        ("experts", {"tp": 1.0, "dp": 1.0, "ep": 1.0}, "memory per accelerator"),
        ("disaggregated", {"batch": 8192.0}, "memory per accelerator, decode pool"),
        ("train", {"micro_batch": 16.0, "recompute": 0.0, "tp": 1.0}, "memory"),
        ("train", {"dp": 1.0}, "deadline"),
        ("train", {"dp": 17.0}, "global batch in whole micro-batches"),
    ],
)
def test_an_infeasible_design_is_numbers_with_a_negative_margin(kind, change, broken, request):
    setting = request.getfixturevalue(f"{kind}_setting")
    mapping = with_fields(setting.design.mapping, **{name: np.array([[value]]) for name, value in change.items()})
    outcome = evaluate(with_fields(setting.design, mapping=mapping), setting.problem, setting.world)
    margins = {limit.name: first(limit.margin) for limit in outcome.limits}
    assert margins[broken] < 0
    assert all(np.isfinite(value) for value in read(outcome, setting.problem.kind).values())


def test_a_stage_without_layers_can_be_traced(train_setting):
    """What a design does not have is a bare nought, which fits every dimension."""
    mapping = with_fields(train_setting.design.mapping, pp=np.array([[64.0]]))
    design = with_fields(train_setting.design, mapping=mapping)
    plain = evaluate(design, train_setting.problem, train_setting.world)
    traced = evaluate(design, traced_problem(train_setting.problem), train_setting.traced_world)
    assert read(traced, "train") == pytest.approx(read(plain, "train"), rel=1e-9)


def test_the_recommended_settings_are_feasible(serve_setting, experts_setting, train_setting):
    for setting in (serve_setting, experts_setting, train_setting):
        assert min(first(limit.margin) for limit in setting.plain.limits) >= 0


POWERS = st.sampled_from([1.0, 2.0, 3.0, 4.0, 8.0, 16.0, 64.0])
MAPPINGS = st.fixed_dictionaries(
    {
        "tp": POWERS,
        "pp": POWERS,
        "ep": POWERS,
        "cp": st.sampled_from([1.0, 2.0, 4.0]),
        "dp": POWERS,
        "batch": st.integers(1, 5000).map(float),
        "micro_batch": st.sampled_from([1.0, 2.0, 5.0]),
        "interleave": st.sampled_from([1.0, 2.0, 5.0]),
        "zero_stage": st.integers(0, 3).map(float),
        "recompute": st.integers(0, 2).map(float),
    }
)
BLOCKS = st.lists(st.tuples(MAPPINGS, MAPPINGS), min_size=1, max_size=4)


def deployable(world):
    """Return the rows of all systems whose accelerator is public."""
    public = set(world.catalogue.deployable())
    return [row for row, system in enumerate(world.systems.ids) if world.systems.text(system, "accelerator") in public]


@pytest.mark.parametrize("kind", ["serve", "experts", "disaggregated", "train"])
@settings(max_examples=25, deadline=None)
@given(mappings=BLOCKS, data=st.data())
def test_no_mapping_on_any_system_breaks_the_laws(kind, mappings, data, request):
    setting = request.getfixturevalue(f"{kind}_setting")
    systems = deployable(setting.world)
    assert len(systems) > 20
    # Every mapping on every system, each at a site and with a cooling drawn at random.
    count = len(systems) * len(mappings)
    generator = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))

    def columns(pool):
        names = mappings[0][pool]
        return Mapping(
            **{name: np.repeat([pair[pool][name] for pair in mappings], len(systems))[:, None] for name in names}
        )

    design = Design(
        system=np.tile(systems, len(mappings))[:, None],
        site=generator.choice(setting.world.site_codes(setting.case.workloads[0].candidates.sites), (count, 1)),
        cooling=generator.integers(0, len(setting.world.coolings), (count, 1)),
        mapping=columns(0),
        prefill=None if setting.design.prefill is None else columns(1),
    )
    outcome = evaluate(design, setting.problem, setting.world)
    found = {item.key: np.asarray(item.read(outcome), dtype=float) for item in metrics_of(setting.problem.kind)}
    assert (found["mfu"] <= 1.0).all()
    assert (found["mfu"] > 0.0).all()
    if setting.problem.kind == "serve":
        assert (np.asarray(outcome.performance.bandwidth_use) <= 1.0).all()
    else:
        assert (found["hfu"] <= 1.0).all()
        assert (found["hfu"] >= found["mfu"] * (1 - 1e-9)).all()
        assert (found["goodput"] <= 1.0).all()
    assert (found["pue"] >= 1.0).all()
    for key in ("capex", "annual_cost", "usd_per_mtoken", "energy", "carbon", "accelerators", "ready_date", "memory"):
        assert (found[key] > 0.0).all(), key
    assert all(np.isfinite(values).all() for values in found.values())
