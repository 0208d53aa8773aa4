"""From names and numbers to one design, and back from the design a plan shows."""

from __future__ import annotations

import pytest

from rackwright.base.errors import UnknownNameError
from rackwright.plan.api import _choices, evaluate
from rackwright.plan.redesign import design_from
from rackwright.plan.view import design_view


def test_what_is_not_chosen_is_the_first_allowed(serve_setting):
    design, problem = design_from(serve_setting.case, serve_setting.world, None, {})
    view = design_view(design, problem, serve_setting.world)
    allowed = serve_setting.case.workloads[0].candidates
    assert (view["system"], view["site"], view["cooling"]) == ("hgx-h100", "dallas-tx", allowed.coolings[0])
    assert (view["mode"], view["precision"]) == ("aggregated", "bf16")
    assert view["mapping"]["tp"] == 1.0


def test_a_shown_design_is_found_again(setting):
    view = design_view(setting.design, setting.problem, setting.world)
    design, problem = design_from(setting.case, setting.world, view["workload"], _choices(view))
    assert design_view(design, problem, setting.world) == view


def test_a_plan_can_be_worked_out_again_from_what_it_says(small_plan, plan_text):
    from rackwright.plan.case import parse_case

    case = parse_case(plan_text)
    for part in small_plan.document["workloads"]:
        again = evaluate(case, part["design"]["workload"], **_choices(part["design"]))
        for key, value in part["metrics"].items():
            assert again.metrics[key] == pytest.approx(value["value"], rel=1e-9), key


def test_names_outside_the_candidates_are_allowed_where_they_are_known(serve_setting):
    other = evaluate(serve_setting.case, system="hgx-b200", tp=2, batch=8)
    assert other.outcome.cluster.systems > 0
    assert other.metrics["rack_power"] != serve_setting.metrics["rack_power"]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"system": "hgx-h10"}, "hgx-h100"),
        ({"site": "dalas-tx"}, "dallas-tx"),
        ({"site": "oslo-no"}, "site of this case"),
        ({"cooling": "direct-to-chip-dri"}, "direct-to-chip-dry"),
        ({"precision": "fp9"}, "bf16"),
        ({"mode": "both"}, "aggregated"),
        ({"tpp": 2}, "tp"),
    ],
)
def test_unknown_choices_are_said_with_the_nearest(serve_setting, choices, said):
    with pytest.raises(UnknownNameError, match=said):
        evaluate(serve_setting.case, **choices)


def test_unknown_workloads_are_said(serve_setting):
    with pytest.raises(UnknownNameError, match="did you mean work"):
        evaluate(serve_setting.case, "wrok")
