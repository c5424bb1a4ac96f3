"""What a run prints while it goes on: one file per `--format`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from backtrace.driver.view import View
    from backtrace.show.options import Options

_VIEWS = {
    "brief": "text.brief:BriefView",
    "table": "text.tables:TableView",
    "json": "json.document_view:DocumentView",
    "jsonl": "json.lines:LinesView",
    "md": "markdown.markdown_view:MarkdownView",
}


def make_view(name: str, options: Options) -> View:
    """Return the view for a `--format`, or `brief`, a script's; only that one is imported."""
    module, cls = _VIEWS[name].split(":")
    return cast("View", getattr(import_module(f"backtrace.show.{module}"), cls)(options))
