"""What a plan looks like on the terminal, in HTML and in JSON, held by snapshots of an invented plan."""

import pytest
from tests.report import sample

from rackwright.report.html import render_html
from rackwright.report.terminal import render_compare, render_explanation, render_plan

PLANS = {"sample": sample.sample_document, "infeasible": sample.infeasible_document, "empty": sample.empty_document}
WIDTH = 100


@pytest.fixture(params=PLANS)
def document(request):
    return PLANS[request.param]()


def test_plan_on_the_terminal(document, snapshot):
    assert render_plan(document, WIDTH, False) == snapshot


def test_plan_on_a_narrow_terminal(snapshot):
    text = render_plan(sample.sample_document(), 60, False)
    assert max(map(len, text.splitlines())) <= 60
    assert text == snapshot


def test_outline_of_the_page(document, snapshot, outline):
    assert outline(render_html(document)) == snapshot


def test_explanation_on_the_terminal(snapshot):
    document = sample.sample_document()
    explanation = document["workloads"][0]["explanations"][0]
    assert render_explanation(explanation, document["facts"], WIDTH, False) == snapshot


def test_comparison_on_the_terminal(snapshot):
    assert render_compare(sample.sample_document(), sample.infeasible_document(), WIDTH, False) == snapshot


def shape(value):
    """Return the keys of a document and the types of its values, lists shown by their first item."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_shape_of_the_document(snapshot):
    assert shape(sample.sample_document()) == snapshot
