"""The report opens in a browser as a person would see it: no errors, nothing cut off, every drawing named."""

from itertools import product

import pytest
from tests.report import sample

from rackwright.report.html import render_html

pytestmark = pytest.mark.browser

A4 = 700  # px that a page of A4 leaves between its margins, about
PAGES = {
    "demo": None,  # what the shipped case gives
    "sample": sample.sample_document,
    "infeasible": sample.infeasible_document,
    "hostile": sample.twisted_document,
}


@pytest.fixture(scope="module", params=PAGES)
def page(request, chromium, tmp_path_factory):
    make = PAGES[request.param]
    if make is None:
        path = request.getfixturevalue("demo_plan") / "plan.html"
    else:
        path = tmp_path_factory.mktemp(request.param) / "plan.html"
        path.write_text(render_html(make()), encoding="utf-8")
    report = chromium.open(path)
    yield report
    report.close()


def test_it_runs_offline_and_without_errors(page):
    assert (page.errors, page.requests) == ([], [])


def test_every_drawing_and_control_has_a_name(page):
    page.view(1280)
    assert page.run("document.querySelectorAll('svg[role=img]').length") >= 5
    assert page.unnamed() == []


@pytest.mark.parametrize(("width", "dark"), list(product((1280, 390), (False, True))))
def test_nothing_overflows_and_all_text_is_readable(page, width, dark):
    page.view(width, dark=dark)
    assert (page.overflow(), page.faint_text()) == ([], [])


@pytest.mark.parametrize("width", [1280, 390])
def test_words_in_drawings_stay_inside_and_apart(page, width):
    page.view(width)
    assert (page.clipped_text(), page.overlapping_text()) == ([], [])


def test_dark_and_light_differ(page):
    page.view(1280)
    light = page.screenshot()
    page.view(1280, dark=True)
    assert page.screenshot() != light


def test_it_prints(page):
    page.view(A4, printed=True)
    assert page.overflow() == []
    page.view(1280)
    assert page.pdf().startswith(b"%PDF-")
