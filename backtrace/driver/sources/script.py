"""A script or a module as a source: run as `python` would, under the instrument."""

from __future__ import annotations

import shlex
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TextIO

from backtrace.driver.driver import Driver, RunEnd, drive
from backtrace.driver.options import RecordOptions
from backtrace.driver.script import Program, TorchWatch, run_as_main
from backtrace.driver.source import Ending
from backtrace.driver.spawned.parent import SpawnedRanks
from backtrace.driver.tracebacks import show_exception
from backtrace.driver.view import RunPlan, View
from backtrace.errors import EXIT_FOUND, EXIT_INTERRUPTED, EXIT_OK, ScriptError
from backtrace.interrupts import LimitReached, comes_from_user
from backtrace.ledger.events import Event, StepTaken
from backtrace.ledger.trace import Header
from backtrace.narrow_stdout import stdout_as_found
from backtrace.start_up import collector_held


@dataclass
class ScriptSource:
    """Runs a program; the instrument is put on when the program imports torch.

    An exception of the program's is shown as Python shows it, before the views are finished.
    """

    program: Program
    options: RecordOptions
    spawned: SpawnedRanks | None = None
    _problems: list[str] = field(default_factory=list)
    _is_over: bool = False
    _note_error: Callable[[BaseException], None] = lambda error: None

    def play(self, driver: Driver) -> Ending:
        """Run the program to its end.

        Raises:
            ScriptError: there is no such program.
        """
        start = time.perf_counter()
        plain = Header(target=self.program.name, command=shlex.join(["backtrace", *sys.argv[1:]]))
        error = self._run(driver, plain)
        seconds = time.perf_counter() - start
        if isinstance(error, ScriptError):
            raise error
        code = _end(error)
        if driver.is_elsewhere:
            return Ending(seconds, code=code)
        failed = not isinstance(error, SystemExit | LimitReached | None)
        if not driver.is_started and not failed:
            self._problems.append("torch was never imported: there was nothing to watch")
            driver.start(RunPlan(plain))
        return Ending(seconds, failed, code, tuple(self._problems))

    def _run(self, driver: Driver, plain: Header) -> BaseException | None:
        """Run the program; return what it raised, and leave nothing behind in torch."""
        error: BaseException | None = None
        is_through = False
        stack = ExitStack()

        def begin() -> None:
            try:
                with collector_held():  # while our own modules are imported
                    self._watch(driver, plain, stack)
            except Exception as failure:
                if comes_from_user(failure):
                    raise
                self._problems.append(f"could not attach to torch: {failure}")

        try:
            with TorchWatch(begin), stdout_as_found():
                run_as_main(self.program)
                is_through = True
        except BaseException as raised:
            if is_through and isinstance(raised, Exception):  # ours, as the program was left
                self._problems.append(f"not recorded: the end of the run: {_reason(raised)}")
            else:
                error = raised
                self._note_error(raised)
        self._is_over = True
        try:
            stack.close()
        except KeyboardInterrupt as raised:
            error = error or raised
        except Exception as failure:
            if comes_from_user(failure):
                error = error or failure
            self._problems.append(f"not recorded: the end of the run: {_reason(failure)}")
        return error

    def _watch(self, driver: Driver, plain: Header, stack: ExitStack) -> None:
        """Put the instrument on: torch is there now."""
        from backtrace.recording.hooks.limit import stop_after
        from backtrace.recording.record import make_header
        from backtrace.recording.recorder import find_recorder

        limit, budget = self.options.limit, self.options.budget
        header = make_header(target=plain.target, command=plain.command)
        driver.start(RunPlan(header))

        def take(event: Event) -> None:
            done = driver.take_live(event)
            is_step = isinstance(event, StepTaken) and not self._is_over
            if is_step and limit is not None and done >= limit:
                raise LimitReached("backtrace: --limit was reached")

        stack.enter_context(self.options.record(sink=take, header=header))
        self._note_error = find_recorder().note_error
        if threading.current_thread() is not threading.main_thread():  # it may only import torch
            find_recorder().instrument.boundary.await_training()
        if limit is not None or budget is not None:
            stack.enter_context(stop_after(limit, budget))
        if self.spawned is not None:
            stack.callback(self.spawned.watch(stack.close))


def run_script(
    program: Program,
    views: Sequence[View],
    options: RecordOptions | None = None,
    *,
    ignore: Sequence[str] | None = None,
    errors: TextIO | None = None,
    spawned: SpawnedRanks | None = None,
) -> int:
    """Run `program` as `python` would, under the instrument; return its exit code.

    `spawned` has the processes that it starts recorded.

    What went wrong beside it is told on `errors`, or on the stderr that there was before it.

    Raises:
        ScriptError: there is no such program.
    """
    errors = errors or sys.stderr
    source = ScriptSource(program, options or RecordOptions(), spawned)
    end: RunEnd = drive(source, views, ignore=ignore)
    try:
        end.report(errors)
    except Exception:  # the program has closed it, or no memory is left
        with suppress(Exception):
            end.report(sys.__stderr__)
    return end.code


def _reason(failure: Exception) -> str:
    return str(failure) or type(failure).__name__


def _end(error: BaseException | None) -> int:
    """Show what the program raised, as Python does, and return the exit code that it gives."""
    if error is None or isinstance(error, LimitReached):
        return EXIT_OK
    if isinstance(error, SystemExit):
        code = error.code
        if code is None or isinstance(code, int):
            return int(code or 0)
        with suppress(Exception):  # Python passes over it too
            print(code, file=sys.stderr or sys.__stderr__)
        return EXIT_FOUND
    show_exception(error)
    return EXIT_INTERRUPTED if isinstance(error, KeyboardInterrupt) else EXIT_FOUND
