"""The capital recovery factor and the outlay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rackwright.base.record import replace
from rackwright.cost.capital import by_asset_class, capital_charge, capital_charges, outlay, recovery_factor


@pytest.mark.parametrize(
    ("rate", "years", "factor"),
    [(0.05, 10, 0.1295), (0.08, 5, 0.2505), (0.10, 15, 0.1315), (0.12, 25, 0.1275)],
)
def test_recovery_factor_matches_interest_tables(rate: float, years: int, factor: float) -> None:
    assert recovery_factor(rate, years) == pytest.approx(factor, abs=5e-5)


def test_without_interest_an_asset_is_paid_in_equal_parts() -> None:
    assert recovery_factor(0.0, 8.0) == pytest.approx(1 / 8, rel=1e-6)


@given(rate=st.floats(0.0, 0.3), years=st.integers(1, 40), residual=st.floats(0.0, 1.0))
def test_present_value_of_charges_is_price_less_resale(rate: float, years: int, residual: float) -> None:
    charge = capital_charge(1000.0, rate, float(years), residual)
    discount = (1 + rate) ** -np.arange(1.0, years + 1)
    assert np.sum(charge * discount) == pytest.approx(1000.0 * (1 - residual * discount[-1]), rel=1e-5)


@given(rate=st.floats(0.001, 0.3), years=st.floats(1.0, 30.0))
def test_dearer_money_and_shorter_lives_cost_more(rate: float, years: float) -> None:
    assert recovery_factor(rate * 1.1, years) > recovery_factor(rate, years)
    assert recovery_factor(rate, years * 0.9) > recovery_factor(rate, years)


def test_classes_hold_the_whole_outlay(world, economics) -> None:
    made, terms = world(), economics("hyperscaler")
    capex = outlay(made["cluster"], made["site"], terms)
    classes = by_asset_class(capex, terms)
    assert sum(classes.values()) == pytest.approx(capex.total)
    assert classes["shell"] == pytest.approx(0.5e6 * 1.15)
    assert classes["land"] == pytest.approx(132e3 * 0.244)
    assert capex["it/installation"] == pytest.approx(0.02 * 3.2e6)
    assert capex["network/installation"] == pytest.approx(0.02 * 0.3e6)


def test_a_rented_facility_is_not_bought(world, economics) -> None:
    made = world()
    capex = outlay(made["cluster"], made["site"], economics("neocloud"))
    assert capex.top()["facility"] == 0.0


def test_land_only_bears_interest(world, economics) -> None:
    made, terms = world(), economics("hyperscaler")
    charges = capital_charges(outlay(made["cluster"], made["site"], terms), terms)
    assert charges["capital/land"] == pytest.approx(132e3 * 0.244 * 0.08)


@pytest.mark.parametrize(("life", "asset"), [("life_it", "it"), ("life_mep", "mep"), ("life_shell", "shell")])
def test_each_life_moves_its_own_class_only(world, economics, life: str, asset: str) -> None:
    made, terms = world(), economics("hyperscaler")
    capex = outlay(made["cluster"], made["site"], terms)
    before = capital_charges(capex, terms)
    after = capital_charges(capex, replace(terms, **{life: getattr(terms, life) / 2}))
    assert {name for name in before if after[name] != before[name]} == {f"capital/{asset}"}
