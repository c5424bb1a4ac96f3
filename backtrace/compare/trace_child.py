"""The process that runs one variant, and writes its trace."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.errors import BacktraceError
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.tracefile import codec

if TYPE_CHECKING:
    from backtrace.driver.options import RecordOptions
    from backtrace.tracefile.write import TraceWriter


@dataclass(frozen=True)
class TraceRequest:
    """A run that a trace is to be written of, and what is changed in it.

    `target` is a script, a module where `is_module`, or a config with `overrides`; `path` is where
    the trace is made; `experiments` are as `--with` takes them.
    """

    target: str
    path: str
    arguments: tuple[str, ...] = ()
    is_module: bool = False
    is_config: bool = False
    overrides: tuple[tuple[str, str], ...] = ()
    limit: int | None = None
    experiments: tuple[str, ...] = ()


class _TraceView(View):
    """Writes the run into a trace file."""

    def __init__(self, writer: TraceWriter) -> None:
        self._writer = writer

    def start(self, plan: RunPlan) -> None:
        """Make the file."""
        self._writer.start(plan.header)

    def take_event(self, event: Event) -> None:
        """Write the event."""
        self._writer.take_event(event)

    def take_update(self, update: Update) -> None:
        """Write what the update is found by."""
        self._writer.take_update(update)

    def finish(self, result: RunResult) -> None:
        """Close the file."""
        self._writer.finish(result.seconds, interrupted=result.interrupted)


def main(request_text: str) -> None:
    """Do what a `TraceRequest` asks for, and end as the program does."""
    request = codec.load(request_text, TraceRequest)
    try:
        code = _run(request)
    except BacktraceError as error:
        sys.stderr.write(f"error: {error}\n")
        code = error.exit_code
    sys.exit(code)


def _run(request: TraceRequest) -> int:
    from backtrace.driver.options import RecordOptions
    from backtrace.tracefile.write import TraceWriter

    views = [_TraceView(TraceWriter(request.path))]
    options = RecordOptions(digest=True, limit=request.limit, experiments=request.experiments)
    if request.is_config:
        return _run_config(request, views, options)
    from backtrace.driver.script import Program
    from backtrace.driver.sources.script import run_script

    program = Program(request.target, request.arguments, request.is_module)
    return run_script(program, views, options)


def _run_config(request: TraceRequest, views: Sequence[View], options: RecordOptions) -> int:
    from backtrace.config.load import load_config
    from backtrace.driver.sources.config import run_config

    loaded = load_config(request.target, request.overrides)
    return run_config(loaded, views, options).report()
