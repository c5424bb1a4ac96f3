"""A process that a script started, recorded as a rank from its process group on.

Nothing of ours stands between Python and the script's function: what is recorded begins when
torch's process group is there, and ends when `multiprocessing` cleans up after the function.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize, register_after_fork
from pathlib import Path
from time import perf_counter
from typing import Any

from backtrace.driver.driver import Driver, RunEnd
from backtrace.driver.options import RecordOptions
from backtrace.driver.own_stderr import open_own_stderr
from backtrace.driver.rank_files import RankFiles
from backtrace.driver.script import TorchWatch
from backtrace.driver.source import Ending
from backtrace.driver.view import RunPlan, View
from backtrace.interrupts import LimitReached, PatientInterrupt
from backtrace.ledger.events import Event
from backtrace.printable import literal
from backtrace.recording.hooks.new_processes import is_sent_along, send_along, tell_of_group
from backtrace.recording.ranks import Rank, find_place_in_group

_FIRST = 100  # before what else is to be done at a process's end
MakeViews = Callable[[RankFiles, Any], Sequence[View]]  # of a rank, which speak on a stream


class RankLimitReached(LimitReached, SystemExit):
    """Ends a process that a script started, with 0, as LimitReached ends the script."""

    code = 0


@dataclass
class ChildRank:
    """What a process is to know to record itself; it comes with the process, however it starts.

    `path` is where the files of all ranks are joined, `run` names the run, and `batch` counts
    how often ranks were started before. `undo` takes off what a fork has of its parent's.
    """

    name: str
    options: RecordOptions
    ignore: Sequence[str] | None
    make_views: MakeViews
    path: Path
    is_kept: bool
    run: str
    batch: int
    undo: Callable[[], None] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "undo": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._wait()  # a process is unpickled nowhere but where it is to run

    def put_on(self, process: BaseProcess, undo: Callable[[], None]) -> None:
        """Have a process that is about to start bring this along; `undo`, see `ChildRank`."""
        self.undo = undo
        send_along(process, self)
        register_after_fork(self, ChildRank.after_fork)

    def after_fork(self) -> None:
        """Take off what the fork has of its parent's, if this is the process that we are for."""
        if is_sent_along(self):
            if self.undo is not None:
                self.undo()
            self._wait()

    def _wait(self) -> None:
        TorchWatch(_ChildRecording(self).wait).__enter__()


class _ChildRecording:
    """The recording of a process, once there is one."""

    def __init__(self, child: ChildRank) -> None:
        self._child = child
        self._stack = ExitStack()
        self._driver: Driver | None = None
        self._start = perf_counter()

    def wait(self) -> None:
        """Torch is there: wait for the group."""
        tell_of_group(self.begin)

    def begin(self) -> None:
        """Begin to record; what fails is told, and the training goes on."""
        try:
            self._begin()
        except Exception as error:
            sys.stderr.write(f"backtrace: this process is not recorded: {literal(str(error))}\n")

    def _begin(self) -> None:
        from backtrace.recording.header import make_header
        from backtrace.recording.hooks.limit import stop_after

        Finalize(None, self.end, exitpriority=_FIRST)
        child = self._child
        number, size = find_place_in_group()
        rank = Rank(number, size, size, child.run, child.batch)
        files = RankFiles.of_attempt(rank, child.path, is_kept=child.is_kept, is_left=True)
        errors = self._stack.enter_context(open_own_stderr())
        views = child.make_views(files, errors)
        driver = self._driver = Driver(views, PatientInterrupt(), child.ignore)
        command = shlex.join(["backtrace", "run", child.name, *sys.argv[1:]])
        header = make_header(target=child.name, command=command)
        driver.start(RunPlan(header))

        def take(event: Event) -> None:
            driver.take_live(event)

        self._recording = self._stack.enter_context(ExitStack())
        self._recording.enter_context(child.options.record(sink=take, header=header))
        limit, budget = child.options.limit, child.options.budget
        if limit is not None or budget is not None:
            self._recording.enter_context(stop_after(limit, budget, RankLimitReached))

    def end(self) -> None:
        """The script's function has returned, or raised what is being handled right now."""
        from backtrace.recording.failure import describe_failure

        driver, error = self._driver, sys.exc_info()[1]
        if driver is None or driver.is_elsewhere:
            return
        failed = not (error is None or (isinstance(error, SystemExit) and not error.code))
        with suppress(Exception):
            self._recording.close()
        failure = None if error is None else describe_failure(error)
        if failure is not None:
            driver.fail(failure)
        ending = Ending(perf_counter() - self._start, failed, int(failed))
        driver.finish(ending)
        with suppress(Exception):
            RunEnd(failures=tuple(driver.failures)).report()
        self._stack.close()
