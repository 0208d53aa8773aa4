"""The benchmark table says what was measured; nothing here looks at a clock."""

import pytest

from benchmarks.__main__ import collect
from benchmarks.runner import Benchmark, Timing, measure, seconds, table


def nothing():
    return lambda: None


def timing(best, baseline, **asked):
    return Timing(Benchmark("room: thing", nothing, nothing, "other thing", **asked), best, 0.1, baseline)


def test_a_row_has_value_spread_ratio_and_baseline():
    row = table([timing(0.002, 0.001)]).splitlines()[2].split("  ")
    assert [cell.strip() for cell in row if cell] == ["room: thing", "2 ms", "+10 %", "2", "other thing (1 ms)"]


def test_items_turn_the_value_into_a_rate():
    assert timing(0.5, 1.0, items=1000, unit="designs/s").value == "2,000 designs/s"


@pytest.mark.parametrize(("most", "kept"), [(None, True), (2.0, True), (1.9, False)])
def test_a_ratio_above_the_asked_one_is_not_kept(most, kept):
    measured = timing(2.0, 1.0, most=most)
    assert measured.kept is kept
    assert ("> 1.9" in table([measured])) is not kept


@pytest.mark.parametrize(("value", "text"), [(2.0, "2 s"), (0.0123, "12.3 ms"), (4e-6, "4 us"), (5e-8, "50 ns")])
def test_durations_are_written_with_a_prefix(value, text):
    assert seconds(value) == text


def test_preparing_is_not_timed_work():
    calls = []

    def prepare():
        calls.append("prepared")
        return lambda: sum(range(100))

    measured = measure(Benchmark("x: y", prepare, prepare, "itself"), repeats=1)
    assert calls == ["prepared"] * 2
    assert measured.best > 0.0


def test_every_benchmark_has_its_own_name():
    names = [item.name for item in collect()]
    assert names
    assert len(set(names)) == len(names)
