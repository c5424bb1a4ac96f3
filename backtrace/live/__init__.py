"""What a run prints while it goes on: one file per `--format`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from backtrace.live.options import Options
    from backtrace.live.view import View

_VIEWS = {
    "brief": "brief:BriefView",
    "table": "tables:TableView",
    "json": "document:DocumentView",
    "jsonl": "lines:LinesView",
    "md": "markdown:MarkdownView",
}


def make_view(name: str, options: Options) -> View:
    """Return the view for a `--format`, or `brief`, a script's; only that one is imported."""
    module, cls = _VIEWS[name].split(":")
    return cast("View", getattr(import_module(f"backtrace.live.{module}"), cls)(options))
