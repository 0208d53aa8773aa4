"""`Traced`: derivatives equal differences, dimensions are kept, and ops functions agree on all kinds of number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rackwright.base import ops
from rackwright.base.errors import DimensionError
from rackwright.base.facts import Fact
from rackwright.base.trace import Traced, ancestors, as_traced, gradient, untraced
from rackwright.base.units import dimension


def leaf(key, value, unit="1"):
    number = float(np.asarray(value).reshape(-1)[0])
    fact = Fact(key, number, number, number, unit, unit, "S: test", "2026", "measured")
    return Traced.leaf(value, unit, fact, key)


UNARY = {
    "sqrt": lambda x: ops.sqrt(ops.absolute(x) + 0.5),
    "exp": lambda x: ops.exp(ops.tanh(x)),
    "expm1": lambda x: ops.expm1(ops.tanh(x)),
    "log": lambda x: ops.log(ops.absolute(x) + 0.5),
    "log2": lambda x: ops.log2(ops.absolute(x) + 0.5),
    "log1p": lambda x: ops.log1p(ops.absolute(x)),
    "cos": ops.cos,
    "sin": ops.sin,
    "arctan": ops.arctan,
    "tanh": ops.tanh,
    "absolute": ops.absolute,
    "negative": lambda x: -x,
    "square": np.square,
    "reciprocal": lambda x: np.reciprocal(ops.absolute(x) + 0.5),
    "power": lambda x: ops.power(ops.absolute(x) + 0.5, 1.7),
    "exponent": lambda x: ops.power(1.7, ops.tanh(x)),
}
BINARY = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / (ops.absolute(y) + 0.5),
    "maximum": ops.maximum,
    "minimum": ops.minimum,
    "power": lambda x, y: ops.power(ops.absolute(x) + 0.5, ops.tanh(y)),
    "where": lambda x, y: ops.where(x > y, x, y * 2.0),
    "clip": lambda x, y: ops.clip(x, -ops.absolute(y), ops.absolute(y)),
}

expressions = st.recursive(
    st.sampled_from(["a", "b", "c"]) | st.floats(0.1, 3.0),
    lambda inner: (
        st.tuples(st.sampled_from(sorted(UNARY)), inner) | st.tuples(st.sampled_from(sorted(BINARY)), inner, inner)
    ),
    max_leaves=8,
)
points = st.tuples(*[st.floats(0.2, 3.0)] * 3)


def evaluate(expression, values):
    if isinstance(expression, tuple):
        name, *inner = expression
        arguments = [evaluate(item, values) for item in inner]
        return (UNARY if len(arguments) == 1 else BINARY)[name](*arguments)
    return values[expression] if isinstance(expression, str) else expression


def moved(expression, point, name, step):
    values = dict(zip("abc", point, strict=True))
    return float(evaluate(expression, values | {name: values[name] + step}))


@settings(max_examples=200)
@given(expressions, points)
def test_every_derivative_equals_the_finite_difference(expression, point):
    values = {name: leaf(name, value) for name, value in zip("abc", point, strict=True)}
    result = evaluate(expression, values)
    assume(isinstance(result, Traced))
    slopes = gradient(result)
    for name in slopes:
        step = 1e-6
        right = (moved(expression, point, name, step) - moved(expression, point, name, 0.0)) / step
        left = (moved(expression, point, name, 0.0) - moved(expression, point, name, -step)) / step
        assume(abs(right - left) <= 1e-3 * (1.0 + abs(right)))  # a kink or a jump has no derivative
        assert float(slopes[name][1]) == pytest.approx((right + left) / 2.0, rel=1e-3, abs=1e-4)


@settings(max_examples=100)
@given(expressions, points)
def test_floats_arrays_and_traced_values_agree(expression, point):
    plain = dict(zip("abc", point, strict=True))
    single = evaluate(expression, plain)
    block = evaluate(expression, {name: np.full((2, 1), value) for name, value in plain.items()})
    traced = evaluate(expression, {name: leaf(name, value) for name, value in plain.items()})
    assert untraced(traced) == pytest.approx(single)
    assert np.broadcast_to(block, (2, 1)) == pytest.approx(np.full((2, 1), single))


def test_derivatives_sum_over_broadcast_axes():
    a, b = leaf("a", 2.0), leaf("b", np.array([[1.0], [2.0], [3.0]]))
    slopes = gradient(a * b)
    assert slopes["a"][1] == pytest.approx(6.0)
    assert slopes["b"][1].tolist() == [[2.0], [2.0], [2.0]]


def test_a_fact_used_twice_is_counted_twice():
    first, again = leaf("a", 3.0), leaf("a", 3.0)
    assert float(gradient(first * again)["a"][1]) == pytest.approx(6.0)


def test_a_fact_that_does_not_matter_has_derivative_nought():
    a, b = leaf("a", 1.0), leaf("b", 2.0)
    slopes = gradient(ops.maximum(a, b))
    assert float(slopes["a"][1]) == 0.0
    assert float(slopes["b"][1]) == 1.0


def test_counts_are_differentiated_as_if_divisible():
    assert float(gradient(ops.ceil(leaf("a", 2.3) * 2.0))["a"][1]) == pytest.approx(2.0)
    assert float(gradient(ops.floor(leaf("a", 2.3) * 2.0))["a"][1]) == pytest.approx(2.0)


def test_reductions_and_axes():
    values = leaf("a", np.array([[1.0, 4.0, 2.0]]))
    assert float(ops.total(values)) == 7.0
    assert gradient(ops.total(values))["a"][1].tolist() == [[1.0, 1.0, 1.0]]
    assert float(ops.mean(values)) == pytest.approx(7 / 3)
    assert gradient(ops.mean(values))["a"][1] == pytest.approx(np.full((1, 3), 1 / 3))
    assert float(ops.largest(values)) == 4.0
    assert gradient(ops.largest(values))["a"][1].tolist() == [[0.0, 1.0, 0.0]]
    assert ops.add_axis(values).shape == (1, 3, 1)
    assert gradient(ops.add_axis(values))["a"][1].tolist() == [[1.0, 1.0, 1.0]]
    bare = np.array([[1.0, 4.0, 2.0]])
    assert (ops.total(bare), ops.mean(bare), ops.largest(bare)) == (7.0, pytest.approx(7 / 3), 4.0)
    assert ops.add_axis(bare).shape == (1, 3, 1)


@given(st.integers(0, 1000), st.floats(-4e-10, 4e-10))
def test_rounding_forgives_noise(whole, noise):
    assert ops.ceil(whole * (1.0 + noise)) == whole
    assert ops.floor(whole * (1.0 + noise)) == whole


@given(st.floats(0.0, 1e6))
def test_rounding_brackets(value):
    slack = 1e-9 * abs(value)
    assert ops.floor(value) <= value + slack
    assert ops.ceil(value) >= value - slack
    assert ops.ceil(value) - ops.floor(value) <= 1.0


def test_take_in_every_form():
    column = np.array([1.0, 2.0, 3.0])
    assert ops.take(column, 1) == 2.0
    assert ops.take(column, np.array([[2], [0]])).tolist() == [[3.0], [1.0]]
    sampled = np.arange(6.0).reshape(3, 2)
    assert ops.take(sampled, np.array([[2], [0]])).tolist() == [[4.0, 5.0], [0.0, 1.0]]
    assert ops.take(sampled, 1).tolist() == [2.0, 3.0]
    leaves = [leaf("a", 1.0), leaf("b", 2.0)]
    assert ops.take(ops.TracedColumn(leaves), np.array([[1]])) is leaves[1]


def test_choose_switches_by_code():
    assert ops.choose(np.array([[0], [2]]), [1.0, 2.0, 3.0]).tolist() == [[1.0], [3.0]]
    chosen = ops.choose(1, [leaf("a", 1.0), leaf("b", 2.0)])
    assert float(chosen) == 2.0
    assert float(gradient(chosen)["a"][1]) == 0.0


# Dimensions.


def watt(value=2.0):
    return leaf("w", value, "W")


def second(value=3.0):
    return leaf("s", value, "s")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: watt() + second(),
        lambda: watt() - 1.0,
        lambda: ops.maximum(watt(), second()),
        lambda: ops.where(True, watt(), second()),
        lambda: ops.exp(watt()),
        lambda: ops.log(watt()),
        lambda: ops.ceil(watt()),
        lambda: ops.power(2.0, watt()),
        lambda: ops.power(watt(), second() / second()),
        lambda: watt() > second(),
        lambda: watt() < 1.0,
    ],
)
def test_mixed_dimensions_are_refused(wrong):
    with pytest.raises(DimensionError):
        wrong()


def test_dimensions_follow_the_arithmetic():
    assert (watt() * second()).dimension == dimension("J")
    assert (watt() / watt()).dimension == ()
    assert ops.sqrt(watt() * watt()).dimension == dimension("W")
    assert ops.power(second(), 2.0).dimension == dimension("s^2")
    assert np.square(second()).dimension == dimension("s^2")
    assert np.reciprocal(second()).dimension == dimension("1/s")
    assert (watt() + 0.0).dimension == dimension("W")
    assert ops.minimum(watt(), np.inf).dimension == dimension("W")
    assert (-watt()).dimension == ops.absolute(watt()).dimension == dimension("W")


def test_a_stage_may_not_branch_on_a_traced_number():
    with pytest.raises(TypeError, match=r"ops\.where"):
        bool(watt())


@pytest.mark.parametrize("call", [np.cbrt, np.add.reduce, lambda x: np.add(x, x, out=np.zeros(1))])
def test_functions_without_a_rule_are_refused(call):
    with pytest.raises(TypeError, match=r"base\.ops"):
        call(watt(np.array([2.0])))


def test_predicates_give_bare_truth():
    assert bool(watt() > 0.0)
    assert bool(np.isfinite(watt()))
    assert not bool(watt() == watt(3.0))


def test_nodes_behind_a_result_come_before_it():
    a = watt()
    result = (a * 2.0 + a).labelled("Twice and once", "W")
    order = ancestors(result)
    assert order[-1] is result
    places = [id(node) for node in order]
    assert places.index(id(a)) < places.index(id(result.inputs[0]))
    assert "Twice and once" in repr(result)
    assert result.labelled("Twice and once", "W") is result


def test_constants_become_nodes():
    assert as_traced(2).value == 2.0
    assert as_traced(np.array([1, 2])).shape == (2,)
    assert as_traced(watt()).ndim == 0
