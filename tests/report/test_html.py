"""The page stands alone, tells its story in order, explains every number it can, and takes no text for markup."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report import sample

from rackwright.report.html import render_html
from rackwright.report.html.anchors import anchors_of
from rackwright.report.html.derivations import Branch, derivation_of

VOID = {"meta", "link", "br", "img", "input", "hr"}
PAGES = {
    "sample": sample.sample_document,
    "infeasible": sample.infeasible_document,
    "empty": sample.empty_document,
    "twisted": sample.twisted_document,
}


class Page(HTMLParser):
    """Reads a page: its elements, their attributes, its text; checks that every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module", params=PAGES)
def page(request: pytest.FixtureRequest) -> Page:
    return Page(render_html(PAGES[request.param]()))


def test_identifiers_are_unique_and_every_inner_link_arrives(page: Page) -> None:
    names = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(names) == len(set(names))
    targets = {link["href"][1:] for link in page.all("a") if link["href"].startswith("#")}
    assert targets <= set(names)
    for _, attributes in page.elements:
        for reference in attributes.get("aria-labelledby", "").split():
            assert reference in names


def test_nothing_comes_from_outside(page: Page) -> None:
    for tag, attributes in page.elements:
        assert not {"src", "srcset", "data", "poster", "background"} & attributes.keys(), tag
        if tag != "a":
            assert attributes.get("href", "data:").startswith("data:")
        assert not any(name.startswith("on") for name in attributes)
    assert all(link["href"].startswith(("#", "https://", "http://")) for link in page.all("a"))


def test_there_is_one_script_and_only_its_digest_may_run(page: Page) -> None:
    assert len(page.all("script")) == 1
    text = render_html(sample.sample_document())
    script = re.search(r"<script>(.*?)</script>", text, re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script.group(1).encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text.replace("&#39;", "'")


def test_headings_come_in_order(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in zip(levels, levels[1:], strict=False))


def test_landmarks_and_language(page: Page) -> None:
    assert page.all("html")[0]["lang"] == "en"
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.all(landmark)) == 1
    assert all("aria-label" in attributes for attributes in page.all("nav"))


def test_every_drawing_has_a_name_and_a_twin_in_numbers(page: Page) -> None:
    drawings = page.all("svg")
    assert all(attributes["role"] == "img" for attributes in drawings)
    figures = len(page.all("figure"))
    assert len(drawings) == 2 * figures
    twins = [attributes for attributes in page.all("details") if attributes.get("class") == "twin"]
    assert len(twins) == figures + 1
    assert all("scope" in head for head in page.all("th"))


def test_the_story_is_told_in_order() -> None:
    text = render_html(sample.sample_document())
    order = ["answer", "confidence", "why", "parts", "derivations", "sources"]
    places = [text.index(f'<section id="{name}"') for name in order]
    assert places == sorted(places)


def test_numbers_with_an_explanation_link_to_it() -> None:
    document = sample.sample_document()
    links = {link["href"] for link in Page(render_html(document)).all("a")}
    anchors = anchors_of(document)
    for index, answer in enumerate(document["workloads"]):
        for explanation in answer["explanations"]:
            assert f"#{anchors.metric(index, explanation['metric'])}" in links


def test_the_answer_the_defaults_and_every_source_are_there() -> None:
    document = sample.sample_document()
    words = " ".join(Page(render_html(document)).words)
    assert document["headline"] in words
    for fact in document["facts"]:
        assert fact["source"] in words
        assert fact["key"] in words
    for item in document["defaults"]:
        assert item["path"] in words
    assert words.count("default") >= len(document["defaults"])


def test_an_infeasible_plan_says_so_at_once() -> None:
    words = " ".join(Page(render_html(sample.infeasible_document())).words)
    assert "No design keeps every limit" in words
    assert "broken by 18 %" in words


def test_hostile_text_stays_text() -> None:
    text = render_html(sample.twisted_document())
    page = Page(text)
    assert len(page.all("script")) == 1
    assert not page.all("img")
    assert "{{7*7}}" in " ".join(page.words)
    assert "\x1b" not in text
    text.encode("utf-8")


@settings(max_examples=10, deadline=None)
@given(st.text(max_size=40), st.lists(st.floats(), min_size=1, max_size=5))
def test_any_text_and_any_number_gives_a_page(text: str, numbers: list[float]) -> None:
    page = Page(render_html(sample.twisted_document(text, tuple(numbers))))
    assert len(page.all("script")) == 1
    assert len(page.all("svg")) == 2 * len(page.all("figure"))


def test_the_same_plan_gives_the_same_page() -> None:
    assert render_html(sample.sample_document()) == render_html(sample.sample_document())


def test_no_number_reads_nan() -> None:
    page = Page(render_html(sample.twisted_document("plain")))
    words = " ".join(page.words).lower()
    assert not re.search(r"\b(nan|inf|-0)\b", words)


def flat(branches: list[Branch]) -> list[Branch]:
    return [item for branch in branches for item in (branch, *flat(branch.children))]


def test_a_derivation_shows_each_step_once_with_the_result_first() -> None:
    document = sample.sample_document()
    explanation = document["workloads"][0]["explanations"][0]
    facts = {fact["key"]: fact for fact in document["facts"]}
    derivation = derivation_of(explanation, anchors_of(document), facts, 0)
    shown = flat(derivation.branches)
    assert [branch.number for branch in shown] == list(range(1, len(explanation["steps"]) + 1))
    assert {branch.step["key"] for branch in shown} == {step["key"] for step in explanation["steps"]}
    assert shown[0].step["key"] == explanation["steps"][0]["key"]
    again = [piece.text for branch in shown for piece in branch.again]
    assert again == ["Serving.tpot (5)"]
    linked = [piece.text for piece in shown[0].formula if piece.target]
    assert linked == ["Cost.annual", "Fleet.tokens"]


def test_steps_in_a_circle_still_end() -> None:
    document = sample.sample_document()
    explanation = document["workloads"][0]["explanations"][0]
    explanation["steps"][5]["inputs"].append(explanation["steps"][0]["key"])
    derivation = derivation_of(explanation, anchors_of(document), {}, 0)
    assert len(flat(derivation.branches)) == len(explanation["steps"])
