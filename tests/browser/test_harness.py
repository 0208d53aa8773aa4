"""The browser harness sees the faults it is for, and none on a sound page."""

import pytest

pytestmark = pytest.mark.browser

SOUND = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sound</title>
<style>:root { color-scheme: light dark } body { color: #111; background: #fff }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #111 } }</style>
<h1>Sound</h1><div style="overflow-x: auto"><div style="width: 3000px">scrolls by itself</div></div>
<svg role="img" aria-label="A bar" width="100" height="20">
<text x="2" y="15">one</text><text x="60" y="15">two</text></svg>
<svg aria-hidden="true" width="5" height="5"></svg><a href="#top">top</a></html>"""

UNSOUND = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Unsound</title>
<body style="background: #fff"><p class="wide" style="width: 1000px">wide</p><p style="color: #aaa">faint</p>
<svg role="img" width="100" height="40"><text x="5" y="20">lies</text><text x="9" y="22">upon</text>
<text x="80" y="35">sticks out</text></svg><svg id="plain" width="10" height="10"></svg>
<img alt="" src="http://127.0.0.1:9/pixel.png"><button></button>
<script>console.error("said so"); nothing.here();</script></html>"""


@pytest.fixture
def load(chromium, tmp_path):
    pages = []

    def _load(text, **view):
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        pages.append(chromium.open(path, **view))
        return pages[-1]

    yield _load
    for page in pages:
        page.close()


def test_a_sound_page_has_no_faults(load):
    page = load(SOUND)
    assert (page.errors, page.requests, page.unnamed()) == ([], [], [])
    for width in (1280, 390):
        for dark in (False, True):
            page.view(width, dark=dark)
            assert (page.overflow(), page.faint_text()) == ([], [])


def test_script_errors_are_seen(load):
    errors = "\n".join(load(UNSOUND).errors)
    assert "said so" in errors
    assert "ReferenceError" in errors


def test_requests_are_seen(load):
    assert load(UNSOUND).requests == ["http://127.0.0.1:9/pixel.png"]


def test_overflow_is_seen(load):
    page = load(UNSOUND, width=390)
    assert any('class="wide"' in fault for fault in page.overflow())
    page.view(1280)
    assert page.overflow() == []


def test_missing_names_are_seen(load):
    faults = load(UNSOUND).unnamed()
    assert len(faults) == 3
    assert any("button" in fault for fault in faults)
    assert any('id="plain"' in fault for fault in faults)


def test_faint_text_is_seen(load):
    assert [fault.split(": ")[1] for fault in load(UNSOUND).faint_text()] == ["faint"]


def test_words_outside_a_drawing_are_seen(load):
    assert [fault.split(":")[0] for fault in load(UNSOUND).clipped_text()] == ["sticks out"]
    assert load(SOUND).clipped_text() == []


def test_words_on_each_other_are_seen(load):
    assert load(UNSOUND).overlapping_text() == ["lies / upon"]
    assert load(SOUND).overlapping_text() == []


def test_pictures_follow_the_colour_scheme(load):
    page = load(SOUND)
    light = page.screenshot()
    page.view(1280, dark=True)
    dark = page.screenshot()
    assert light.startswith(b"\x89PNG")
    assert light != dark
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(17, 17, 17)"


def test_a_page_prints(load):
    assert load(SOUND).pdf().startswith(b"%PDF-")
