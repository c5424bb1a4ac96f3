"""The header and every event on a line of its own, as `run --format jsonl` writes them."""

from __future__ import annotations

from backtrace.driver.sources.trace import rules_off
from backtrace.show.export.play import play
from backtrace.show.export.request import Request
from backtrace.show.export.target import open_text
from backtrace.show.ignored import ignored_by_config
from backtrace.show.json.lines import LinesView
from backtrace.show.options import Options
from backtrace.tracefile import TraceFile


def export_jsonl(trace: TraceFile, request: Request) -> None:
    """Write the lines.

    Raises:
        TraceFileError: the trace is damaged.
        UsageError: the file cannot be written.
    """
    ignore = rules_off(trace, tuple(ignored_by_config(trace.header)))
    with open_text(request.output) as stream:
        view = LinesView(Options(stream=stream), is_live=False)
        play(trace, view, has_bar=request.has_bar, ignore=ignore)
