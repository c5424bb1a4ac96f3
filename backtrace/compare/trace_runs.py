"""Runs variants in processes of their own that write traces: one that fails costs only itself."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from backtrace.compare.folder_copy import copy_folder
from backtrace.compare.run_progress import OnProgress, show_progress
from backtrace.compare.trace_child import TraceRequest
from backtrace.driver.started import WarmStarter, may_begin_warm
from backtrace.driver.supervised import SupervisedProcess
from backtrace.errors import TraceFileError
from backtrace.tracefile import TraceFile, codec

_PAUSE = 0.05
_LOOK = 0.5  # seconds between two looks at how far a trace is
_STARTING = 60.0  # seconds that importing and starting may take at least
_CHILD = "backtrace.compare.trace_child"
_NEEDED = (_CHILD, "backtrace.tracefile.write")


@dataclass(frozen=True)
class NamedRequest:
    """A run under the name that it has in tables and verdicts."""

    name: str
    request: TraceRequest


@dataclass(frozen=True)
class TracedRun:
    """A run that is over: its trace, and what went wrong, '' if nothing did.

    `trace` is None where there is none; `output` is the last that the program wrote.
    """

    name: str
    trace: TraceFile | None
    seconds: float
    error: str = ""
    output: str = ""


@dataclass
class _RunningTrace:
    named: NamedRequest
    process: SupervisedProcess
    start: float
    copies: ExitStack
    looked: float = 0.0

    def close(self) -> None:
        """Let go of what the run wrote, and of its folder."""
        self.process.close()
        self.copies.close()


class Runs:
    """Runs variants with an environment, and tells how far they are.

    Those that may begin with torch imported share one import of it. With `in_copies` each runs in
    a copy of the working folder, which is gone when it is over.
    """

    def __init__(self, env: Mapping[str, str], tell: OnProgress, *, in_copies: bool) -> None:
        self._env = env
        self._tell = tell
        self._in_copies = in_copies
        self._warm: WarmStarter | None = None

    def run(
        self, requests: Sequence[NamedRequest], *, parallel: int = 1, timeout: float | None = None
    ) -> list[TracedRun]:
        """Run all, `parallel` at a time, and return what became of them, in their order.

        Each may take `timeout` seconds. However this ends, no process that it started is left.
        """
        waiting, running = list(reversed(requests)), list[_RunningTrace]()
        done: dict[str, TracedRun] = {}
        try:
            while waiting or running:
                while waiting and len(running) < parallel:
                    running.append(self._start(waiting.pop()))
                for each in list(running):
                    _tell(each, self._tell)
                    run = _look(each, timeout)
                    if run is not None:
                        running.remove(each)
                        each.close()
                        done[each.named.request.path] = run
                time.sleep(_PAUSE)
        finally:
            for each in running:
                each.process.ask_to_end()  # all of them at once
            for each in running:
                each.process.end()
                each.close()
        return [done[each.request.path] for each in requests]

    def _start(self, named: NamedRequest) -> _RunningTrace:
        copies, request = ExitStack(), named.request
        if self._in_copies:
            request = replace(request, folder=copies.enter_context(copy_folder()))
        if self._warm is None and hasattr(os, "fork") and _may_begin_warm(request):
            self._warm = WarmStarter(self._env, _NEEDED)
        warm = self._warm if _may_begin_warm(request) else None
        process = SupervisedProcess(_CHILD, codec.dump(request), self._env, warm)
        return _RunningTrace(named, process, time.monotonic(), copies)

    def close(self) -> None:
        """End what the runs shared."""
        if self._warm is not None:
            self._warm.close()


@contextmanager
def prepare_runs(env: Mapping[str, str], *, in_copies: bool = False) -> Iterator[Runs]:
    """Give what runs variants, with a line about them on a terminal while they run."""
    with show_progress() as tell, closing(Runs(env, tell, in_copies=in_copies)) as runs:
        yield runs


def patience(seconds: float) -> float:
    """Return how long a variant may take of which the baseline took so many seconds."""
    return max(_STARTING, 10 * seconds)


def _may_begin_warm(request: TraceRequest) -> bool:
    if request.is_config:
        return True
    by_launcher = request.nproc is not None
    return not (request.is_module or by_launcher) and may_begin_warm(request.target)


def _tell(running: _RunningTrace, tell: OnProgress) -> None:
    now = time.monotonic()
    if now - running.looked < _LOOK:
        return
    running.looked = now
    with suppress(TraceFileError), TraceFile(running.named.request.path) as trace:
        tell(running.named.name, len(trace.updates))


def _look(running: _RunningTrace, timeout: float | None) -> TracedRun | None:
    """Return the run where its process is done, or has used up its time."""
    process, seconds = running.process, time.monotonic() - running.start
    is_late = timeout is not None and seconds > timeout
    if process.is_running and not is_late:
        return None
    was_running = process.is_running
    process.end()
    named, output = running.named, process.read_output()
    trace = _open(named.request.path)
    error = ""
    if was_running:
        error = f"it was stopped after {timeout:.0f} s; --timeout SECONDS gives it more"
    elif process.exit_code > 0:
        error = f"it ended with exit code {process.exit_code}"
    elif process.exit_code:
        error = process.describe_end()
    elif trace is None:
        error = "it left no trace"
    return TracedRun(named.name, trace, seconds, error, output)


def _open(path: str) -> TraceFile | None:
    with suppress(TraceFileError):
        if Path(path).exists():
            return TraceFile(path)
    return None
