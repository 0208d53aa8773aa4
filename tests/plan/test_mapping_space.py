"""Which mappings are tried, how columns become designs, and which ones are not worth timing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rackwright.plan.layout import LARGEST_JOB, LARGEST_REPLICA, layout_limits, size_limits
from rackwright.plan.mapping_space import EACH, FULL_EP, design_of, divisors, free_values, has_experts, mapping_space


def test_divisors():
    assert divisors(12) == (1.0, 2.0, 3.0, 4.0, 6.0, 12.0)
    assert divisors(1) == (1.0,)
    assert divisors(49) == (1.0, 7.0, 49.0)


def test_dense_services_leave_expert_axes_alone(serve_setting, experts_setting):
    dense, mixed = free_values(serve_setting.problem), free_values(experts_setting.problem)
    assert (has_experts(serve_setting.problem.architecture), has_experts(experts_setting.problem.architecture)) == (
        False,
        True,
    )
    assert (dense["ep"], dense["dp"], dense["cp"]) == ((1.0,), (1.0,), (1.0,))
    assert mixed["ep"] == (1.0, FULL_EP)
    assert max(mixed["dp"]) == 256.0
    assert max(dense["tp"]) == 32.0  # as many as there are heads


def test_a_run_may_split_its_batch_evenly_only(train_setting):
    free = free_values(train_setting.problem)
    assert free["dp"] == divisors(256)
    assert free["cp"] == (1.0,)
    assert EACH not in free
    long = replace(
        train_setting.problem,
        demand=type(train_setting.problem.demand)(
            tokens=1e12, sequence_length=131_072.0, global_batch=32.0, deadline=1e9
        ),
    )
    assert len(free_values(long)["cp"]) > 1


def test_what_the_case_pins_is_pinned(serve_setting, disaggregated_setting):
    space = mapping_space(serve_setting.problem, [3, 5], {"tp": (2.0, 4.0), "batch": (7.0,)}, {})
    axes = {axis.name: axis for axis in space.axes}
    assert axes["system"].values == (3.0, 5.0)
    assert (axes["tp"].values, axes["tp"].free) == ((2.0, 4.0), False)
    assert (axes["batch"].values, axes["batch"].free) == ((7.0,), False)
    assert EACH not in axes
    assert axes["pp"].free
    assert not any(name.startswith("prefill_") for name in axes)
    both = mapping_space(disaggregated_setting.problem, [3], {"tp": (2.0,)}, {"tp": (4.0,)})
    values = {axis.name: axis.values for axis in both.axes}
    assert (values["tp"], values["prefill_tp"]) == ((2.0,), (4.0,))
    assert "prefill_batch" not in values


def test_a_free_batch_is_that_of_one_attention_replica(experts_setting):
    space = mapping_space(experts_setting.problem, [3], {"tp": (4.0,), "pp": (1.0,), "dp": (2.0, 8.0)}, {})
    design = design_of(space.rows(np.arange(space.size)), experts_setting.problem)
    each = design.mapping.batch / design.mapping.dp
    assert set(np.unique(each)) == set(free_values(experts_setting.problem)[EACH])
    assert set(np.unique(design.mapping.ep)) == {1.0, 8.0, 32.0}  # 1, or all TP x DP accelerators


def test_columns_keep_their_shape(serve_setting):
    space = mapping_space(serve_setting.problem, [3, 5], {}, {})
    design = design_of(space.rows(np.array([0, space.size - 1])), serve_setting.problem)
    assert design.system.shape == design.mapping.tp.shape == design.mapping.cp.shape == (2, 1)
    assert design.system[:, 0].tolist() == [3, 5]
    assert design.system.dtype == np.intp
    assert design.prefill is None


def broken(setting, problem=None, **change):
    """Return the names of the layout limits that a changed mapping breaks."""
    columns = {name: np.array([[float(value)]]) for name, value in change.items()}
    fields = {
        name: columns.get(name, getattr(setting.design.mapping, name))
        for name in type(setting.design.mapping).__dataclass_fields__
    }
    mapping = type(setting.design.mapping)(**fields)
    design = type(setting.design)(
        system=setting.design.system,
        site=setting.design.site,
        cooling=setting.design.cooling,
        mapping=mapping,
        prefill=setting.design.prefill,
    )
    limits = layout_limits(design, problem or setting.problem)
    return [limit.name for limit in limits if float(np.asarray(limit.margin).reshape(-1)[0]) < 0]


def test_good_mappings_break_nothing(setting):
    assert broken(setting) == []


@pytest.mark.parametrize(
    ("kind", "change", "name"),
    [
        ("serve", {"tp": 3}, "attention heads in whole shares of TP"),
        ("serve", {"tp": 32, "pp": 32}, f"replica within {LARGEST_REPLICA} accelerators"),
        ("experts", {"dp": 64, "batch": 63, "ep": 64}, "batch against attention data-parallel ways"),
        ("experts", {"ep": 512}, "EP within the experts"),
        ("train", {"dp": 24}, "global batch in whole micro-batches"),
        ("train", {"dp": 256, "micro_batch": 2}, "global batch in whole micro-batches"),
        ("train", {"pp": 1, "interleave": 2}, "interleaving with a pipeline"),
        ("train", {"pp": 8, "interleave": 6}, "pipeline chunks within layers"),
        ("train", {"ep": 64}, "EP within the data-parallel accelerators"),
        ("train", {"dp": 2**18}, f"job within {LARGEST_JOB:,} accelerators"),
        ("train", {"tp": 64}, "attention heads in whole shares of TP"),
    ],
)
def test_what_can_not_be_laid_out_is_said(kind, change, name, request):
    assert name in broken(request.getfixturevalue(f"{kind}_setting"), **change)


@pytest.mark.parametrize(("size", "kept"), [(16, True), (8, False), (32, False)])
def test_a_stated_number_of_accelerators_is_met_exactly(train_setting, size, kept):
    problem = replace(train_setting.problem, accelerators=64)
    found = broken(train_setting, problem, dp=size)  # TP 2 x PP 2 x DP
    assert ("job on the stated 64 accelerators" not in found) is kept


def test_both_pools_are_checked(disaggregated_setting):
    names = [limit.name for limit in layout_limits(disaggregated_setting.design, disaggregated_setting.problem)]
    assert len(names) == len(set(names))
    assert sum(name.startswith("prefill pool: ") for name in names) == 2


def test_what_the_plan_reports_of_the_size_is_among_the_limits(setting):
    of_size = {limit.name for limit in size_limits(setting.design, setting.problem)}
    assert of_size <= {limit.name for limit in setting.plain.limits}
    assert of_size
