"""Drawings as pure functions: from a part of the plan to one SVG that names itself and follows dark mode."""
