"""Sphinx settings. Everything renders offline: no fonts, scripts or styles from elsewhere."""

project = "Rackwright"
author = "The Rackwright authors"
project_copyright = "2026, The Rackwright authors"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "README.md"]
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Rackwright"
html_static_path = ["_static"]
html_css_files = ["formula.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "default"
pygments_dark_style = "monokai"
