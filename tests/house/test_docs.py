"""The documentation covers every room and every command, and renders a docstring as the house writes it."""

import re

import pytest

import house
import pages

DOCS = house.ROOT / "docs"
PAGE = """Fill a rack until power or height runs out, for x_y < 1.

n = floor(min(P_bay / P_server, U_bay / U_server))                          (1)

Parameters
----------
server : one server; see `make_server`
    and its power [W]

Raises
------
InputError

References
----------
[1] A handbook, chapter 2,
    page 3.
"""

RENDERED = """Fill a rack until power or height runs out, for x\\_y \\< 1.

<div class="formula">
<div><code>n = floor(min(P_bay / P_server, U_bay / U_server))</code><span>(1)</span></div>
</div>

**Parameters**

- `server` one server; see `make_server`
  and its power [W]

**Raises**

- InputError

**References**

- [1] A handbook, chapter 2,
  page 3."""


def test_a_docstring_becomes_a_formula_page():
    assert pages.markdown(PAGE) == RENDERED


def test_every_room_has_a_formula_page():
    rooms = {source.room for source in house.sources()} - {"", "cli", "report", "data", "cases"}
    assert rooms == set(pages.ROOMS)


def test_every_page_is_in_the_navigation():
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^([\w/]+)$", index, re.MULTILINE))
    assert {page.stem for page in DOCS.glob("*.md")} - {"index"} <= listed
    assert {"_generated/formulas/index", "_generated/catalogue/index", "_generated/cli"} <= listed


def test_every_page_can_be_generated(tmp_path):
    written = {path.relative_to(tmp_path).as_posix(): path for path in pages.write_all(tmp_path)}
    assert {f"formulas/{room}.md" for room in pages.ROOMS} < written.keys()
    assert [name for name, path in written.items() if not path.read_text(encoding="utf-8").startswith("# ")] == []
    formulas = written["formulas/fabric.md"].read_text(encoding="utf-8")
    assert '<div class="formula">' in formulas
    assert "### all_reduce" in formulas


def test_generating_again_leaves_pages_alone(tmp_path):
    first = {path: path.stat().st_mtime_ns for path in pages.write_all(tmp_path)}
    assert {path: path.stat().st_mtime_ns for path in pages.write_all(tmp_path)} == first


def test_the_guides_mention_every_command():
    guides = "\n".join((DOCS / name).read_text(encoding="utf-8") for name in ("tutorial.md", "howto.md"))
    assert [name for name in pages.commands() if f"rackwright {name}" not in guides] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in DOCS.glob("*.md"))])
def test_every_documented_command_exists(page):
    text = (house.ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"^(?: {4}|\$ )?(?:\.venv/bin/)?rackwright ((?:[a-z]+ ?)+)", text, re.MULTILINE))
    known = pages.commands()
    assert [name for name in named if not any(f"{name} ".startswith(f"{command} ") for command in known)] == []
