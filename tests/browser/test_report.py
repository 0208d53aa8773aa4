"""The report opens in a browser as a person would see it: no errors, nothing cut off, every drawing named."""

from itertools import product

import pytest

pytestmark = pytest.mark.browser

A4 = 700  # px that a page of A4 leaves between its margins, about


@pytest.fixture(scope="module")
def page(chromium, demo_plan):
    report = chromium.open(demo_plan / "plan.html")
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


def test_words_in_drawings_stay_inside_and_apart(page):
    page.view(1280)
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
