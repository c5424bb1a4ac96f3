"""The process that runs one variant, and writes its trace."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from backtrace.compare.measure import Tolerance
from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.errors import BacktraceError
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update
from backtrace.printable import literal_lines
from backtrace.tracefile import codec

if TYPE_CHECKING:
    from backtrace.driver.options import RecordOptions
    from backtrace.tracefile.write import TraceWriter

Detail = Literal["full", "norm"]


@dataclass(frozen=True)
class TraceDetail:
    """How much a trace is to keep; see `record` and `TraceWriter`."""

    values: int = 16
    digest: bool = True
    every: int | Literal["auto"] = 1
    by_term: bool = False
    receipt: bool = False
    readings: Detail = "full"
    params: tuple[str, ...] = ()


@dataclass(frozen=True)
class Detour:
    """A recorded run that is to be run again, and to go another way from some update on.

    It is held against the first `places` updates of the trace at `path`, and ended where it parts
    from them. `experiments` change it after update `after`, the last of these.
    """

    path: str
    places: int
    after: int
    experiments: tuple[str, ...]
    tolerance: Tolerance | None = None


@dataclass(frozen=True)
class CapsuleStart:
    """The run begins with update `update` of the capsule at `path`; see `RerunRequest`."""

    path: str
    update: int
    updates: int
    from_start: bool = False


@dataclass(frozen=True)
class TraceRequest:
    """A run that a trace is to be written of, and what is changed in it.

    `target` is a script, a module where `is_module`, or a config with `overrides`; `path` is where
    the trace is made; `experiments` are as `--with` takes them; `folder` is where it runs, '' for
    where we are. `nproc` ranks are started by torchrun's launcher, even one; without it, none is.
    """

    target: str
    path: str
    arguments: tuple[str, ...] = ()
    is_module: bool = False
    is_config: bool = False
    overrides: tuple[tuple[str, str], ...] = ()
    limit: int | None = None
    experiments: tuple[str, ...] = ()
    detail: TraceDetail = TraceDetail()
    detour: Detour | None = None
    capsule: CapsuleStart | None = None
    folder: str = ""
    nproc: int | None = None

    def as_command(self) -> list[str]:
        """Return the words that `backtrace run` is given for a run like this one."""
        words = ["run", *(["-m"] if self.is_module else [])]
        words += [word for text in self.experiments for word in ("--with", text)]
        words += [word for key, value in self.overrides for word in ("--set", f"{key}={value}")]
        words += [] if self.limit is None else ["--limit", str(self.limit)]
        return [*words, self.target, *self.arguments]


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
    if request.folder:
        os.chdir(request.folder)
    try:
        code = _run(request) if request.nproc is None else _run_ranks(request, request.nproc)
    except BacktraceError as error:
        sys.stderr.write(f"error: {literal_lines(str(error))}\n")
        code = error.exit_code
    sys.exit(code)


def _run(request: TraceRequest) -> int:
    from backtrace.driver.options import RecordOptions
    from backtrace.tracefile.write import TraceWriter

    detail, detour = request.detail, request.detour
    writer = TraceWriter(request.path, readings=detail.readings, params=detail.params)
    views: list[View] = [_TraceView(writer)]
    options = RecordOptions(
        detail.values, detail.by_term, detail.digest, detail.receipt, detail.every,
        limit=request.limit, experiments=request.experiments,
    )  # fmt: skip
    if detour is not None:
        from backtrace.compare.held_run import HeldRun

        views.append(held := HeldRun(detour.path, detour.places, detour.tolerance))
        options = replace(
            options, late_experiments=detour.experiments, unchanged=detour.after, follow=held.follow
        )
    elif request.capsule is not None:
        from backtrace.steer.capsule.request import RerunRequest

        begin = request.capsule
        rerun = RerunRequest(Path(begin.path), begin.update, begin.updates, begin.from_start)
        options = replace(options, rerun=rerun)
        if begin.from_start and begin.update > 1:  # the way there is as it was
            options = replace(
                options, experiments=(), late_experiments=request.experiments,
                unchanged=begin.update - 1,
            )  # fmt: skip
    else:  # what the trace says of how it was made can be run again
        sys.argv = ["backtrace", *request.as_command()]
    if request.is_config:
        return _run_config(request, views, options)
    from backtrace.driver.script import Program
    from backtrace.driver.sources.script import run_script

    program = Program(request.target, request.arguments, request.is_module)
    return run_script(program, views, options)


def _run_ranks(request: TraceRequest, count: int) -> int:
    from backtrace.compare.rank_child import run_ranks

    return run_ranks(count, request.path, request.detail.values, request.as_command()[1:])


def _run_config(request: TraceRequest, views: Sequence[View], options: RecordOptions) -> int:
    from backtrace.config.load import load_config
    from backtrace.driver.sources.config import run_config

    loaded = load_config(request.target, request.overrides)
    return run_config(loaded, views, options).report()
