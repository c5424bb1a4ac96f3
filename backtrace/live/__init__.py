"""What a run prints while it goes on: one file per `--format`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from backtrace.live.options import Options
    from backtrace.live.view import View


def make_view(name: str, options: Options) -> View:
    """Return the view for a `--format`: table, json, jsonl or md."""
    from backtrace.live.document import DocumentView
    from backtrace.live.lines import LinesView
    from backtrace.live.markdown import MarkdownView
    from backtrace.live.tables import TableView

    views: dict[str, Callable[[Options], View]] = {
        "table": TableView,
        "json": DocumentView,
        "jsonl": LinesView,
        "md": MarkdownView,
    }
    return views[name](options)
