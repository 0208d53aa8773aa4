"""The plan as text for a terminal: pure functions from a document to a string."""

from __future__ import annotations

from rackwright.report.terminal.compare import render_compare
from rackwright.report.terminal.explain import render_explanation
from rackwright.report.terminal.faults import render_faults
from rackwright.report.terminal.plan import render_plan
from rackwright.report.terminal.rows import render_catalogue_rows

__all__ = ["render_catalogue_rows", "render_compare", "render_explanation", "render_faults", "render_plan"]
