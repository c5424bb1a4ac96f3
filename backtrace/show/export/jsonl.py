"""The header and every event on a line of its own, as `run --format jsonl` writes them."""

from __future__ import annotations

from functools import partial
from typing import TextIO, cast

from backtrace.show.export.request import Request
from backtrace.show.export.target import open_text
from backtrace.show.export.walk import guard
from backtrace.show.options import Options
from backtrace.show.progress import Bar
from backtrace.show.show import show_trace
from backtrace.tracefile import TraceFile


class _Counting:
    """Passes lines on, and counts the steps among them."""

    def __init__(self, stream: TextIO, bar: Bar) -> None:
        self._stream = stream
        self._bar = bar
        self._steps = 0

    def write(self, line: str) -> None:
        self._stream.write(line)
        if line.startswith('{"event": "StepTaken"'):
            self._steps += 1
            self._bar.advance(self._steps)

    def flush(self) -> None:
        """Nobody waits for a single line of a run that is over."""


def export_jsonl(trace: TraceFile, request: Request) -> None:
    """Write the lines.

    Raises:
        TraceFileError: the trace is damaged.
        UsageError: the file cannot be written.
    """
    bar = Bar(trace.path.name, len(trace.updates), wanted=request.has_bar)
    with open_text(request.output) as stream:
        try:
            counting = cast("TextIO", _Counting(stream, bar))
            options = Options(stream=counting)
            show = partial(show_trace, trace.path, "jsonl", options, by_term=None, receipts=True)
            guard(trace.path, show)
        finally:
            bar.pause()
