"""The plan as one HTML file that needs nothing else: no network, no script, light and dark, screen and paper."""

from __future__ import annotations

from rackwright.report.html.page import render_html

__all__ = ["render_html"]
