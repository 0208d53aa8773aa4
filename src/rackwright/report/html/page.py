"""From a plan to its page."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from rackwright.plan.document import PlanDocument
from rackwright.report.clean import clean
from rackwright.report.html.anchors import anchors_of
from rackwright.report.html.sources import grades_of, sources_of
from rackwright.report.html.story import bounds_of, chapter_of, totals_of
from rackwright.report.svg.palette import style_sheet

if TYPE_CHECKING:
    from jinja2 import Environment


def render_html(document: PlanDocument) -> str:
    """Write a plan as one HTML file.

    The page refers to nothing outside itself. Its only script switches the theme and opens the derivation a link
    points at; a content policy in the page allows that script by its digest and nothing else.
    """
    document = clean(document)
    anchors = anchors_of(document)
    script = _template_text("page.js")
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            document=document,
            chapters=[chapter_of(document, index, anchors) for index in range(len(document["workloads"]))],
            totals=totals_of(document),
            total_bounds=bounds_of(document["total_limits"]),
            sources=sources_of(document, anchors),
            source_numbers=anchors.sources,
            grades=grades_of(document),
            palette=style_sheet(),
            style=_template_text("page.css") + _template_text("print.css"),
            script=script,
            script_digest=_digest(script),
        )
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("rackwright.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["drawing"] = Markup
    return environment


@cache
def _template_text(name: str) -> str:
    return resources.files("rackwright.report").joinpath("templates", name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
