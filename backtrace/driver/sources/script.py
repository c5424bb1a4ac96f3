"""A script or a module as a source: run as `python` would, under the instrument."""

from __future__ import annotations

import shlex
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import TextIO

from backtrace.driver.apart import ModulesApart
from backtrace.driver.bare import end_program, run_bare
from backtrace.driver.driver import Driver, RunEnd, drive
from backtrace.driver.options import RecordOptions
from backtrace.driver.script import Program, TorchWatch, read_script, run_as_main
from backtrace.driver.source import Ending
from backtrace.driver.spawned.parent import SpawnedRanks
from backtrace.driver.view import RunPlan, View
from backtrace.errors import EXIT_FOUND, EXIT_OK, BacktraceError, ScriptError
from backtrace.interrupts import LimitReached, comes_from_user, handlers_set_aside
from backtrace.ledger.events import Event, StepTaken
from backtrace.ledger.trace import Header
from backtrace.narrow_stdout import stdout_as_found


@dataclass
class ScriptSource:
    """Runs a program; the instrument is put on when the program imports torch.

    An exception of the program's is shown as Python shows it, before the views are finished.
    `has_begun` says that the program was called: from then on an exception may be its own, until
    there is an `exit_code`. `rest` is to be closed when all is told of it.
    """

    program: Program
    options: RecordOptions
    spawned: SpawnedRanks | None = None
    _problems: list[str] = field(default_factory=list)
    has_begun: bool = False
    exit_code: int | None = None
    _is_over: bool = False
    _apart: ModulesApart = field(init=False)
    rest: ExitStack = field(default_factory=ExitStack)
    _note_error: Callable[[BaseException], None] = lambda error: None

    @property
    def can_go_on(self) -> bool:
        """Whether the program can be run bare, or is through; bare it changes nothing by itself."""
        is_plain = not self.options.experiments and self.options.limit is None
        return self.exit_code is not None or (is_plain and not self.has_begun)

    def play(self, driver: Driver) -> Ending:
        """Run the program to its end.

        Raises:
            ScriptError: there is no such program.
        """
        start = perf_counter()
        plain = Header(
            target=self.program.name,
            command=shlex.join(["backtrace", *sys.argv[1:]]),
            settings=self._settings(),
            script=read_script(self.program),
        )
        self._apart = self.rest.enter_context(ModulesApart(self.program.folder))
        error = self._run(driver, plain)
        seconds = perf_counter() - start
        if isinstance(error, ScriptError):
            raise error
        self.exit_code = EXIT_OK if error is None else EXIT_FOUND  # if the next should fail
        self.exit_code = code = end_program(error)
        self.rest.enter_context(self._apart.ours())
        if driver.is_elsewhere:
            return Ending(seconds, code=code)
        failed = not isinstance(error, SystemExit | LimitReached | None)
        if not driver.is_started:
            self._problems = self._problems or [_why_unwatched(failed)]
            driver.start(RunPlan(plain))
        return Ending(seconds, failed, code, tuple(self._problems))

    def _settings(self) -> dict[str, object]:
        """Return what the program was given, and what is changed in its loop."""
        found = {
            "arguments": shlex.join(self.program.arguments),
            "experiments": " ".join(self.options.experiments),
        }
        return {name: text for name, text in found.items() if text}

    def _run(self, driver: Driver, plain: Header) -> BaseException | None:
        """Run the program; return what it raised, and leave nothing behind in torch."""
        error: BaseException | None = None
        is_through = False
        stack = ExitStack()

        def begin() -> None:
            try:
                with self._apart.ours():
                    self._watch(driver, plain, stack)
            except Exception as failure:
                if comes_from_user(failure):
                    raise
                self._problems.append(f"could not attach to torch: {failure}")

        try:
            with TorchWatch(begin), stdout_as_found():
                self.has_begun = True
                run_as_main(self.program)
                is_through = True
        except BaseException as raised:
            if not self.has_begun and isinstance(raised, Exception):  # ours
                with suppress(Exception):
                    stack.close()
                raise
            if is_through and isinstance(raised, Exception):  # ours, as the program was left
                self._problems.append(f"not recorded: the end of the run: {_reason(raised)}")
            else:
                error = raised
                self._note_error(raised)
                stack.callback(self._tell_failure, driver, raised)
        try:
            self._close(driver, stack)
        except KeyboardInterrupt as raised:
            error = error or raised
        except Exception as failure:
            if comes_from_user(failure):
                error = error or failure
            self._problems.append(f"not recorded: the end of the run: {_reason(failure)}")
        return error

    def _close(self, driver: Driver, stack: ExitStack) -> None:
        """Leave off: the program is over."""
        self._is_over = True
        if not driver.is_elsewhere:
            self.rest.enter_context(handlers_set_aside())
        with self._apart.ours():
            stack.close()

    def _tell_failure(self, driver: Driver, error: BaseException) -> None:
        if not driver.is_started or isinstance(error, LimitReached):
            return
        from backtrace.recording.failure import describe_failure

        failure = describe_failure(error)
        if failure is not None:
            driver.fail(failure)

    def _watch(self, driver: Driver, plain: Header, stack: ExitStack) -> None:
        """Put the instrument on: torch is there now."""
        from backtrace.recording.header import make_header
        from backtrace.recording.hooks.limit import stop_after
        from backtrace.recording.recorder import find_recorder

        limit, budget = self.options.limit, self.options.budget
        header = make_header(
            target=plain.target,
            command=plain.command,
            settings=plain.settings,
            script=plain.script,
        )
        driver.start(RunPlan(header))

        def take(event: Event) -> None:
            is_step = isinstance(event, StepTaken)
            with self._apart.ours() if is_step else nullcontext():  # updates are shown here
                done = driver.take_live(event)
            if is_step and not self._is_over and limit is not None and done >= limit:
                raise LimitReached("backtrace: --limit was reached")

        stack.enter_context(self.options.record(sink=take, header=header))
        self._note_error = find_recorder().note_error
        if threading.current_thread() is not threading.main_thread():  # it may only import torch
            find_recorder().instrument.boundary.await_training()
        if limit is not None or budget is not None:
            stack.enter_context(stop_after(limit, budget))
        if self.spawned is not None:
            stack.callback(self.spawned.watch(stack.close))


def _why_unwatched(failed: bool) -> str:
    """Return why a program was not watched that is over."""
    if "torch" in sys.modules:
        return "torch was imported past Python's import system: nothing of it was watched"
    if failed:
        return "the program ended before it imported torch: there was nothing to watch"
    return "torch was never imported: there was nothing to watch"


def run_script(
    program: Program,
    views: Sequence[View] | Callable[[], Sequence[View]],
    options: RecordOptions | None = None,
    *,
    ignore: Sequence[str] | None = None,
    errors: TextIO | None = None,
    spawned: SpawnedRanks | None = None,
    fails_open: bool = False,
) -> int:
    """Run `program` as `python` would, under the instrument; return its exit code.

    `views` may be a function that makes them. `spawned` has the processes that it starts
    recorded. With `fails_open` it runs bare where something of ours fails before it begins, and
    keeps its exit code where that fails when it is over.

    What went wrong beside it is told on `errors`, or on the stderr that there was before it.

    Raises:
        ScriptError: there is no such program.
    """
    errors = errors or sys.stderr
    source = ScriptSource(program, options or RecordOptions(), spawned)
    with source.rest:
        end: RunEnd | Exception
        try:
            end = drive(source, views() if callable(views) else views, ignore=ignore)
        except Exception as failure:
            is_theirs = isinstance(failure, BacktraceError) or comes_from_user(failure)
            if is_theirs or not fails_open or not source.can_go_on:
                raise
            end = failure
            if source.exit_code is not None:
                end = RunEnd(source.exit_code, (f"not recorded: the end of the run: {failure!r}",))
        if isinstance(end, Exception):  # out of `except`: the program's exceptions have no context
            return run_bare(program, end, errors)
        _report(end, errors)
        return end.code


def _report(end: RunEnd, errors: TextIO) -> None:
    try:
        end.report(errors)
    except Exception:  # the program has closed it, or no memory is left
        with suppress(Exception):
            end.report(sys.__stderr__)


def _reason(failure: Exception) -> str:
    return str(failure) or type(failure).__name__
