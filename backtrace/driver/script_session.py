"""Runs a script under the instrument, and hands what happens to whoever shows it."""

from __future__ import annotations

import os
import shlex
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from backtrace.driver.script import Program, TorchWatch, run_as_main
from backtrace.driver.tracebacks import show_exception
from backtrace.driver.view import Plan, View
from backtrace.errors import EXIT_FOUND, EXIT_INTERRUPTED, EXIT_OK, ScriptError
from backtrace.interrupts import LimitReached, PatientInterrupt
from backtrace.ledger.events import Event, StepTaken
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.trace import Header


@dataclass
class _Feed:
    """Hands a view the events and the updates that they make; Ctrl-C waits for it to end.

    A view that fails is told nothing more: the training goes on, and the end says so.
    """

    view: View
    limit: int | None
    interrupt: PatientInterrupt
    failure: Exception | None = None
    is_started: bool = False
    is_over: bool = False

    def __post_init__(self) -> None:
        self._ledger = Ledger()
        self._process = os.getpid()

    def start(self, header: Header) -> None:
        self.is_started = True
        self._show(self.view.start, Plan(header, 0, None, None))

    def take(self, event: Event) -> None:
        if os.getpid() != self._process:
            return  # a fork of the script's; what it does is its own
        done = 0
        with self.interrupt.hold():
            self._show(self.view.take_event, event)
            for update in self._ledger.take(event):
                self._show(self.view.take_update, update)
                done = update.index
        is_step = isinstance(event, StepTaken) and not self.is_over
        if is_step and self.limit is not None and done >= self.limit:
            raise LimitReached("backtrace: --limit was reached")

    def finish(self, seconds: float, *, interrupted: bool) -> None:
        with self.interrupt.hold():
            for update in self._ledger.unfinished_updates():
                self._show(self.view.take_update, update)
            self._show(self.view.finish, seconds, interrupted=interrupted)

    def _show(self, tell: Any, *facts: Any, **named: Any) -> None:
        if self.failure is None:
            try:
                tell(*facts, **named)
            except Exception as error:
                self.failure = error


def run_script(program: Program, view: View, *, limit: int | None = None, **options: Any) -> int:
    """Run `program` as `python` would, under the instrument; return its exit code.

    `limit` stops it after so many updates of the optimizer that has the most, and `options` are
    `record`'s. An exception of the program's is shown as Python shows it, and then what was seen.

    Raises:
        ScriptError: there is no such program.
    """
    process, errors, start = os.getpid(), sys.stderr, time.perf_counter()
    plain = Header(target=program.name, command=shlex.join(["backtrace", *sys.argv[1:]]))
    problems: list[str] = []
    with PatientInterrupt() as interrupt:
        feed = _Feed(view, limit, interrupt)
        error = _run(program, feed, plain, options, problems)
        seconds = time.perf_counter() - start
        if isinstance(error, ScriptError):
            raise error
        code = _end(error)
        if os.getpid() != process:
            return code
        failed = not isinstance(error, SystemExit | LimitReached | None)
        if not feed.is_started and not failed:
            problems.append("torch was never imported: there was nothing to watch")
            feed.start(plain)
        if feed.is_started:
            feed.finish(seconds, interrupted=failed)
    if feed.failure is not None and not isinstance(feed.failure, BrokenPipeError):
        problems.append(f"what was seen could not be shown any more: {feed.failure}")
    for problem in problems:
        print(f"backtrace: {problem}", file=errors)
    return code


def _run(
    program: Program,
    feed: _Feed,
    plain: Header,
    options: dict[str, Any],
    problems: list[str],
) -> BaseException | None:
    """Run the program; return what it raised, and leave nothing behind in torch."""
    error: BaseException | None = None
    stack = ExitStack()

    def begin() -> None:
        try:
            from backtrace.recording.hooks.limit import stop_after
            from backtrace.recording.record import make_header, record

            header = make_header(target=plain.target, command=plain.command)
            feed.start(header)
            stack.enter_context(record(sink=feed.take, header=header, **options))
            if feed.limit is not None:
                stack.enter_context(stop_after(feed.limit))
        except Exception as failure:
            problems.append(f"it could not be watched: {failure}")

    try:
        with TorchWatch(begin):
            run_as_main(program)
    except BaseException as raised:
        error = raised
    feed.is_over = True
    try:
        stack.close()
    except KeyboardInterrupt as raised:
        error = error or raised
    return error


def _end(error: BaseException | None) -> int:
    """Show what the program raised, as Python does, and return the exit code that it gives."""
    if error is None or isinstance(error, LimitReached):
        return EXIT_OK
    if isinstance(error, SystemExit):
        code = error.code
        if code is None or isinstance(code, int):
            return int(code or 0)
        print(code, file=sys.stderr)
        return EXIT_FOUND
    show_exception(error)
    return EXIT_INTERRUPTED if isinstance(error, KeyboardInterrupt) else EXIT_FOUND
