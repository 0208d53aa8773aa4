"""What snapshots need: a command run as a user would see it, and text with the numbers taken out.

Facts are corrected all the time, and a corrected price is no reason to look at a snapshot. So texts that hold results
are compared with each number written as `#`: what is said stays under guard, how much is for the golden tests.
"""

import re
import sys
from html.parser import HTMLParser

import pytest

from rackwright.cli import main

_NUMBER = re.compile(r"[-+]?\d[\d,_]*(\.\d+)?(e[-+]?\d+)?")
_TOLD = {"h1", "h2", "h3", "h4", "th", "caption", "figcaption", "summary", "button", "title", "label"}


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command on a plain terminal of 100 columns; return (exit code, standard output, standard error)."""
    monkeypatch.setattr("sys.argv", ["rackwright"])  # help begins with the program's name
    monkeypatch.setattr(sys.modules["__main__"], "__package__", None)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")

    def _run(*words):
        code = main([str(word) for word in words])
        written = capsys.readouterr()
        return code, written.out, written.err

    return _run


@pytest.fixture(scope="session")
def without_numbers():
    """Return a function that writes each number as `#` and each run of blanks, blocks or rules as one."""

    def _without(text):
        text = re.sub(r"([^\w\s])\1{2,}", r"\1\1\1", _NUMBER.sub("#", text))
        return "\n".join(re.sub(r" {2,}", "  ", line.rstrip()) for line in text.splitlines())

    return _without


class _Outline(HTMLParser):
    """Collects what a page says in headings, table heads and names of drawings, indented by section."""

    def __init__(self):
        super().__init__()
        self.lines = []
        self._open = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in _TOLD:
            self._open.append((tag, []))
        elif tag == "svg" and given.get("role") == "img":
            self.lines.append(f"svg: {given.get('aria-label') or given.get('aria-labelledby')}")
        elif tag in ("section", "nav", "main", "details", "figure"):
            self.lines.append(f"{tag} {given.get('id') or given.get('class') or ''}".rstrip())

    def handle_data(self, data):
        if self._open:
            self._open[-1][1].append(data)

    def handle_endtag(self, tag):
        if self._open and self._open[-1][0] == tag:
            words = " ".join("".join(self._open.pop()[1]).split())
            self.lines.append(f"{tag}: {words}")


@pytest.fixture(scope="session")
def outline():
    """Return a function from a page to its outline."""

    def _outline(page):
        parser = _Outline()
        parser.feed(page)
        return "\n".join(parser.lines)

    return _outline
