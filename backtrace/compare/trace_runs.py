"""Runs variants in processes of their own that write traces: one that fails costs only itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from backtrace.compare.folder_copy import copy_folder
from backtrace.compare.trace_child import TraceRequest
from backtrace.driver.supervised import SupervisedProcess
from backtrace.errors import TraceFileError
from backtrace.tracefile import TraceFile, codec

_PAUSE = 0.05
_LOOK = 0.5  # seconds between two looks at how far a trace is
_STARTING = 60.0  # seconds that importing and starting may take at least

OnProgress = Callable[[str, int], None]  # a run's name, and how many updates it has


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


def run_traced(
    requests: Sequence[NamedRequest],
    *,
    parallel: int = 1,
    timeout: float | None = None,
    env: Mapping[str, str] | None = None,
    tell: OnProgress | None = None,
    in_copies: bool = False,
) -> list[TracedRun]:
    """Run all requests, `parallel` at a time, and return what became of them, in their order.

    Each may take `timeout` seconds, and with `in_copies` each runs in a copy of the working folder,
    which is gone when it is over. However this ends, no process that it started is left.
    """
    waiting, running = list(reversed(requests)), list[_RunningTrace]()
    done: dict[str, TracedRun] = {}
    try:
        while waiting or running:
            while waiting and len(running) < parallel:
                running.append(_start(waiting.pop(), env or {}, in_copies=in_copies))
            for each in list(running):
                if tell is not None:
                    _tell(each, tell)
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


def patience(seconds: float) -> float:
    """Return how long a variant may take of which the baseline took so many seconds."""
    return max(_STARTING, 10 * seconds)


def _start(named: NamedRequest, env: Mapping[str, str], *, in_copies: bool) -> _RunningTrace:
    copies, request = ExitStack(), named.request
    if in_copies:
        request = replace(request, folder=copies.enter_context(copy_folder()))
    process = SupervisedProcess("backtrace.compare.trace_child", codec.dump(request), env)
    return _RunningTrace(named, process, time.monotonic(), copies)


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
