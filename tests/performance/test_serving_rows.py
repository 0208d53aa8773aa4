"""Published serving measurements that were chosen before the model was run on them.

The first run met 12 of 16 within a quarter (misses S2, S3, T4, T5; median error 9 %). Two changes of form followed,
with coefficients from other data: launch time of eager engines counts per layer (BLOOM-176B), and grouped products are
fitted with all experts on one rank, uneven load being a fact of its own (operator tables). S3 is met since, T5 worse.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest

from serving_rows import ROWS, predict

TABLE = list(csv.DictReader(ROWS.read_text(encoding="utf-8").splitlines()))

# Rows the model misses by more than 25 %, and why, as far as is known:
# S2: the engine of 2023 slows down beyond 2,048 prompt tokens (all its models do), kernels of today do not;
# T4: how the published run laid out attention and experts on eight accelerators is not stated;
# T5: saturated wide expert parallelism, where routing without balancing and the engine's batch limit are not stated.
MISSED = {"S2", "T4", "T5"}


@pytest.fixture(scope="module")
def errors() -> dict[str, float]:
    return {row["id"]: predict(row) / float(row["value"]) - 1.0 for row in TABLE}


def test_chosen_rows_but_the_known_misses_are_met_within_a_quarter(errors):
    assert {name for name, error in errors.items() if abs(error) > 0.25} == MISSED


def test_errors_are_small_and_balanced(errors):
    values = np.array(list(errors.values()))
    assert np.median(np.abs(values)) < 0.10
    assert abs(np.median(values)) < 0.08
    assert len(values) == 16
