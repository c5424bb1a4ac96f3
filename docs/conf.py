"""How Sphinx builds the documentation site: `python -m sphinx -W -b html docs site`."""

project = "backtrace"
copyright = "the backtrace authors"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "backtrace"
exclude_patterns = ["make_pictures.py"]
myst_heading_anchors = 3  # links to headings, as GitHub makes them
