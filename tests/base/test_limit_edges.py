"""Margins of limits."""

from __future__ import annotations

from rackwright.base.limit import Limit


def test_a_limit_that_is_not_a_number_is_not_kept() -> None:
    assert not Limit("memory", "B", float("nan"), 1.0).margin >= 0.0
    assert not Limit("memory", "B", 1.0, float("nan")).margin >= 0.0


def test_a_bound_of_zero_keeps_its_sign() -> None:
    assert Limit("trim", "1", 0.0, 0.0).margin == 0.0
    assert Limit("trim", "1", 3.0, 0.0).margin < 0.0
