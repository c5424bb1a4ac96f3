"""A timeline that Perfetto and chrome://tracing open: calls, loss, norms and findings over time."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot, isfinite
from typing import TextIO

from backtrace.driver.sources.trace import rules_off
from backtrace.driver.view import RunResult, View
from backtrace.language import using_language
from backtrace.ledger.calls import call_of
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.printable import json_text, literal_texts
from backtrace.show.content.call_line import call_detail, call_name
from backtrace.show.export.play import play
from backtrace.show.export.request import Request
from backtrace.show.export.target import open_text
from backtrace.show.ignored import ignored_by_config
from backtrace.tracefile import TraceFile, open_trace

_MICRO = 1e6  # the format counts microseconds


@using_language("en")
def export_chrome(trace: TraceFile, request: Request) -> None:
    """Write the timeline; each rank of several is a process in it.

    Raises:
        TraceFileError: the trace is damaged.
        UsageError: the file cannot be written.
    """
    ignore = rules_off(trace, tuple(ignored_by_config(trace.header)))
    with open_text(request.output) as stream:
        lines = _TimelineFile(stream)
        clocks: dict[int | None, float] = {span.rank: span.ahead for span in trace.ranks}
        latest = max(clocks.values(), default=0.0)
        for rank, ahead in (clocks or {None: 0.0}).items():
            with open_trace(trace.path, rank) as one:
                title = trace.header.target or "run"
                name = title if rank is None else f"{title}, rank {rank}"
                view = ChromeView(lines, rank or 0, name, later=latest - ahead)
                play(one, view, has_bar=request.has_bar, ignore=ignore)
        lines.end()


class _TimelineFile:
    """Writes one JSON document with an event a line, and holds none of them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._stream.write('{"displayTimeUnit": "ms", "traceEvents": [')
        self._comma = "\n"

    def write(self, event: Mapping[str, object]) -> None:
        self._stream.write(self._comma + json_text(literal_texts(event)))
        self._comma = ",\n"

    def end(self) -> None:
        self._stream.write("\n]}\n")


class ChromeView(View):
    """Writes calls as slices, the loss and norms as counters, and findings as instants.

    A trace knows when a call was written, which is at its end: a slice begins where the call
    before it was written, and so holds what the program did in between as well. All is written so
    many seconds `later`, by which the clocks of several ranks agree.
    """

    def __init__(self, lines: _TimelineFile, process: int, name: str, later: float = 0.0) -> None:
        self._lines, self._process, self._later = lines, process, later
        self._before: float | None = None
        self._ends: dict[int, float] = {}  # of the updates, by number
        self._write("M", "process_name", None, args={"name": name})

    def take_event(self, event: Event) -> None:
        """Write a slice if it is a call."""
        begin = event.elapsed if self._before is None else self._before
        call = call_of(event)
        if call is None:
            self._before = begin  # the first event: what came before it is no call's
            return
        length = max(event.elapsed - begin, 0.0)
        self._write(
            "X", call_name(call), begin, dur=length * _MICRO, tid=1, cat="call",
            args={"where": event.where, "detail": call_detail(call, event)},
        )  # fmt: skip
        self._before = event.elapsed

    def take_update(self, update: Update) -> None:
        """Write what is counted; calls after the last step are no update."""
        if not update.is_complete:
            return
        self._ends[update.index] = update.elapsed
        rows = [row for row in update.rows.values() if row.kind != "input"]
        grads = [row.grad_after.norm for row in rows if row.grad_after is not None]
        changes = [row.change.norm for row in rows if row.change is not None]
        found = {
            "loss": update.loss,
            "gradient norm": hypot(*grads),
            "change norm": hypot(*changes),
        }
        for name, value in found.items():
            if value is not None and isfinite(value):  # JSON has no word for the others
                self._write("C", name, update.elapsed, args={"value": value})

    def finish(self, result: RunResult) -> None:
        """Write the findings, each where its update ended."""
        for finding in result.diagnosis.findings if result.diagnosis else ():
            at = self._ends.get(finding.update, self._before or 0.0)
            told = {"message": finding.message, "where": finding.where}
            name = f"{finding.severity} {finding.code} {finding.pattern}"
            self._write("i", name, at, s="p", tid=1, args=told)

    def _write(self, phase: str, name: str, seconds: float | None, **more: object) -> None:
        event: dict[str, object] = {"ph": phase, "name": name, "pid": self._process}
        if seconds is not None:
            event["ts"] = (seconds + self._later) * _MICRO
        self._lines.write({**event, **more})
