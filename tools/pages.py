"""Write the documentation pages that come from the code: formula pages, catalogue tables and the command reference.

`python tools/pages.py FOLDER` writes Markdown for Sphinx. A docstring is read as the house writes it: paragraphs,
displayed equations that end in a number in brackets, and underlined sections of `name : meaning` items.
"""

from __future__ import annotations

import dataclasses
import html
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

import rackwright

ROOMS = {
    "base": "Base",
    "catalogue": "Catalogue",
    "workload": "Workload",
    "fabric": "Fabric",
    "performance": "Performance",
    "system": "System",
    "site": "Site",
    "cost": "Cost",
    "carbon": "Carbon",
    "supply": "Supply",
    "plan": "Plan",
}

_NUMBERED = re.compile(r"\s{2,}(\(\d+[a-z]?\))\s*$")
_UNDERLINE = re.compile(r"^-{3,}$")
_ITEM = re.compile(r"^(\[\d+\]|[\w*., ]{1,60} :)\s+(.*)$")
_CODE = re.compile(r"(`+[^`]+`+)")


def write_all(folder: Path) -> list[Path]:
    """Write every generated page below `folder` and return their paths."""
    pages = {
        **{f"formulas/{room}.md": room_page(room, title) for room, title in ROOMS.items()},
        "formulas/index.md": contents("Formulas", "One page per room, straight from the code.", ROOMS),
        **catalogue_pages(),
        "cli.md": command_page(),
    }
    written = []
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:  # leave unchanged pages to the build cache
            path.write_text(text, encoding="utf-8")
        written.append(path)
    return written


def contents(title: str, opening: str, names: Iterable[str]) -> str:
    """Return a page that lists other pages of its folder."""
    return f"# {title}\n\n{opening}\n\n```{{toctree}}\n:maxdepth: 1\n\n" + "\n".join(names) + "\n```\n"


# Formula pages


def room_page(room: str, title: str) -> str:
    """Return the page of a room: each module's docstring, its records as tables, its functions with their formulas."""
    package = importlib.import_module(f"rackwright.{room}")
    parts = [f"# {title}", markdown(inspect.getdoc(package) or "")]
    for found in sorted(pkgutil.walk_packages(package.__path__, f"rackwright.{room}."), key=lambda item: item.name):
        if not found.name.rsplit(".", 1)[1].startswith("_"):
            parts += module_section(importlib.import_module(found.name))
    return "\n\n".join(part for part in parts if part) + "\n"


def module_section(module: ModuleType) -> Iterator[str]:
    """Yield the parts of one module's section."""
    name = module.__name__.removeprefix("rackwright.")
    yield f"## {name}"
    yield markdown(inspect.getdoc(module) or "")
    for label, thing in vars(module).items():
        if label.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(thing):
            yield from class_section(thing)
        elif inspect.isfunction(thing):
            yield f"### {label}"
            yield f"```python\n{signature(label, thing)}\n```"
            yield markdown(inspect.getdoc(thing) or "")


def class_section(kind: type[Any]) -> Iterator[str]:
    """Yield the parts of one class: its docstring, and its fields as a table when it is a record."""
    yield f"### {kind.__name__}"
    own = inspect.getdoc(kind) or ""
    if not own.startswith(f"{kind.__name__}("):  # what dataclasses write for want of a docstring
        yield markdown(own)
    fields = (
        [item for item in dataclasses.fields(kind) if "doc" in item.metadata] if dataclasses.is_dataclass(kind) else []
    )
    if fields:
        yield table(
            ("field", "unit", "meaning"),
            ((f"`{item.name}`", item.metadata["unit"], prose(item.metadata["doc"])) for item in fields),
        )


def signature(label: str, thing: Any) -> str:
    """Return a function's call as one would read it, without module paths and quotes."""
    given = str(inspect.signature(thing)).replace("'", "")
    text = f"{label}{given}"
    return (
        text
        if len(text) <= 100
        else text.replace(", ", ",\n    ").replace("(", "(\n    ", 1).replace(") ->", ",\n) ->")
    )


def markdown(docstring: str) -> str:
    """Turn a docstring of the house into Markdown."""
    parts: list[str] = []
    for block in blocks(docstring):
        if len(block) > 1 and _UNDERLINE.match(block[1]):
            parts.append(f"**{block[0].strip()}**")
            if block[2:]:
                parts.append(items(block[2:]))
        elif displayed(block):
            parts.append(display(dedent(block)))
        elif block[0].startswith(("- ", "[")) and len(block) > 1:
            parts.append(items(block))
        else:
            parts.append(prose("\n".join(line.strip() for line in block)))
    return "\n\n".join(parts)


def blocks(docstring: str) -> Iterator[list[str]]:
    """Yield runs of lines without a blank one between them."""
    block: list[str] = []
    for line in [*docstring.splitlines(), ""]:
        if line.strip():
            block.append(line.rstrip())
        elif block:
            yield block
            block = []


def displayed(block: list[str]) -> bool:
    """Tell whether a block is set apart: indented as a whole, or with a numbered equation in it."""
    return all(line.startswith("  ") for line in block) or any(_NUMBERED.search(line) for line in block)


def dedent(block: list[str]) -> list[str]:
    """Return the block without its common indentation."""
    margin = min(len(line) - len(line.lstrip()) for line in block)
    return [line[margin:] for line in block]


def display(lines: list[str]) -> str:
    """Return displayed equations as HTML: the text as aligned in the docstring, its number at the right edge."""
    rows = []
    for line in lines:
        text, number = [*_NUMBERED.split(line), "", ""][:2]
        rows.append(f"<div><code>{html.escape(text.rstrip())}</code><span>{number}</span></div>")
    return "\n".join(('<div class="formula">', *rows, "</div>"))


def items(block: list[str]) -> str:
    """Return a list of `name : meaning` items or references; an indented line continues its item."""
    found: list[str] = []
    for line in block:
        match = _ITEM.match(line)
        if match:
            name = match.group(1).removesuffix(" :")
            found.append(f"- {prose(name) if name.startswith('[') else f'`{name}`'} {prose(match.group(2))}")
        elif line.startswith(" ") and found:
            found[-1] += f"\n  {prose(line.strip())}"
        elif line.startswith("- "):
            found.append(f"- {prose(line[2:])}")
        else:
            found.append(f"- {prose(line)}")
    return "\n".join(found)


def prose(text: str) -> str:
    """Escape what Markdown would read as markup, outside of code spans."""
    pieces = _CODE.split(text)
    pieces[::2] = [re.sub(r"([\\*_<>{}|#])", r"\\\1", piece) for piece in pieces[::2]]
    return re.sub(r"^([+=-])", r"\\\1", "".join(pieces), flags=re.MULTILINE)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    heads = list(heads)
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(" ".join(cell.split()) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


# Catalogue pages


def catalogue_pages() -> dict[str, str]:
    """Return the pages of the catalogue by name: one per fact table, and their list."""
    pages = {}
    for entry in sorted(resources.files("rackwright.data").iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            content = yaml.load(entry.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            if isinstance(content, dict) and "records" in content:
                pages[entry.name.removesuffix(".yaml")] = fact_page(content)
    opening = "Every number Rackwright uses, with its unit, range, source, date and grade."
    listed = contents("Catalogue", opening, pages)
    return {"catalogue/index.md": listed, **{f"catalogue/{name}.md": text for name, text in pages.items()}}


def fact_page(content: dict[str, Any]) -> str:
    """Return the page of one fact table."""
    title = str(content.get("table", "facts")).replace("_", " ").capitalize()
    parts = [f"# {title}", prose(str(content.get("about", ""))), f"As of {content.get('as_of', 'the dates given')}."]
    for record in content["records"]:
        parts.append(f"## {prose(str(record.get('name', record['id'])))}")
        words = "; ".join(f"{key}: {value}" for key, value in record.get("text", {}).items())
        parts.append(prose(f"`{record['id']}`" + (f" ({words})" if words else "")))
        facts = record.get("facts", {})
        if facts:
            rows = (fact_row(name, fact) for name, fact in facts.items())
            parts.append(table(("fact", "value", "range", "grade", "source", "note"), rows))
    sources = [f"- **{prose(str(key))}** {prose(str(text))}" for key, text in content.get("sources", {}).items()]
    parts += ["## Sources", "\n".join(sources)]
    return "\n\n".join(part for part in parts if part) + "\n"


def fact_row(name: str, fact: dict[str, Any]) -> tuple[str, ...]:
    """Return the cells of one fact."""
    unit = "" if str(fact.get("unit", "1")) == "1" else f" {fact['unit']}"
    low, high = fact.get("low", fact["value"]), fact.get("high", fact["value"])
    stated = "low" in fact or "high" in fact
    span = "" if not stated else "exact" if low == high else f"{low} to {high}"
    note = prose(str(fact.get("note", "")))
    return f"`{name}`", prose(f"{fact['value']}{unit}"), span, str(fact["grade"]), prose(str(fact["source"])), note


# Command reference


def commands() -> dict[str, Any]:
    """Return every command of the command line by its full name, without groups."""
    import typer

    from rackwright.cli.app import app

    return dict(_leaves("", typer.main.get_command(app)))


def _leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield name, command
        return
    for child, sub in children.items():
        if not sub.hidden:
            yield from _leaves(f"{name} {child}".strip(), sub)


def command_page() -> str:
    """Return the reference of the command line."""
    parts = ["# Commands", "Every command of `rackwright`, straight from the program."]
    for name, command in commands().items():
        parts += [f"## {name}", plain_help(command.help or "")]
        rows = [(option_name(item), prose(getattr(item, "help", None) or ""), default(item)) for item in command.params]
        rows = [row for row in rows if row[0] != "`--help`"]
        if rows:
            parts.append(table(("argument or option", "meaning", "default"), rows))
    return "\n\n".join(part for part in parts if part) + "\n"


def plain_help(text: str) -> str:
    """Return a command's help as Markdown."""
    return markdown(inspect.cleandoc(text).replace("\b", ""))


def option_name(item: Any) -> str:
    """Return how an argument or option is typed."""
    if item.param_type_name == "argument":
        return f"`{item.name.upper()}`"
    return ", ".join(f"`{text}`" for text in (*item.opts, *item.secondary_opts))


def default(item: Any) -> str:
    """Return the default value worth showing."""
    value = item.default
    if item.required:
        return "required"
    return "" if value is None or value is False or callable(value) or value in ((), []) else f"`{value}`"


def main() -> int:
    """Write the pages into the folder named on the command line."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(f"{len(write_all(Path(sys.argv[1])))} pages from rackwright {Path(rackwright.__file__).parent}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
