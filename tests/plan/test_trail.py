"""Formula text, elasticities and keys read off a computation."""

from __future__ import annotations

import pytest

from rackwright.base import ops
from rackwright.base.breakdown import Breakdown
from rackwright.base.facts import Fact
from rackwright.base.record import Num, field, record
from rackwright.base.trace import Traced
from rackwright.plan.trail import trail_of


@record
class Pump:
    """Something with two facts."""

    power: Num = field("W", "power")
    hours: Num = field("s", "time it runs")


def fact(name: str, value: float, unit: str) -> Traced:
    cited = Fact(f"pumps.one.{name}", value, value, value, unit, unit, "S: test", "2026", "read")
    return Traced.leaf(value, unit, cited, cited.key)


@pytest.fixture
def pump() -> Pump:
    return Pump(power=fact("power", 10.0, "W"), hours=fact("hours", 3.0, "s"))


def test_formula_names_the_nearest_quantities(pump: Pump) -> None:
    energy = Breakdown("J", {"run": pump.power * pump.hours, "start": pump.power * pump.hours * 0.5}, "Energy").total
    steps = {step.key: step.formula for step in trail_of(energy).steps}
    assert steps["Energy"] == "Energy/run + Energy/start"
    assert steps["Energy/run"] == "Pump.power x Pump.hours"
    assert steps["Energy/start"] == "Pump.power x Pump.hours x 0.5"
    assert steps["Pump.power"] == "pumps.one.power"


def test_formula_keeps_brackets_that_matter(pump: Pump) -> None:
    value = (pump.power + pump.power) / (pump.hours - pump.hours / 2.0)
    formula = trail_of(value).steps[0].formula
    assert formula == "(Pump.power + Pump.power) / (Pump.hours - Pump.hours / 2)"


def test_noise_terms_are_left_out_of_formulas(pump: Pump) -> None:
    value = 0.0 * pump.power + ops.ceil(pump.power / pump.power) * pump.power
    assert trail_of(value).steps[0].formula == "ceil(Pump.power / Pump.power) x Pump.power"


def test_elasticities_are_the_exponents_of_a_product(pump: Pump) -> None:
    elasticities = trail_of(pump.power * pump.power / pump.hours).elasticities
    assert elasticities == pytest.approx({"pumps.one.power": 2.0, "pumps.one.hours": -1.0})


def test_equal_labels_get_different_keys(pump: Pump) -> None:
    other = Pump(power=2.0 * pump.power, hours=pump.hours)
    keys = [step.key for step in trail_of(pump.power + other.power).steps]
    assert len(keys) == len(set(keys))


def test_the_walk_is_bounded_but_the_facts_are_complete(pump: Pump) -> None:
    trail = trail_of(pump.power * pump.hours, most_steps=1)
    assert len(trail.steps) == 1
    assert set(trail.leaves) == {"pumps.one.power", "pumps.one.hours"}
