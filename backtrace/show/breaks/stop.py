"""What happens where a run is stopped: a debugger on a terminal, else what it would have shown."""

from __future__ import annotations

import builtins
import linecache
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from backtrace.driver.breaks.breaker import Breaker, Stop
from backtrace.driver.breaks.debugger import find_debugger, open_debugger
from backtrace.driver.breaks.grammar import parse_when
from backtrace.driver.view import RunResult, View
from backtrace.show.breaks.stopped_run import StoppedRun
from backtrace.show.content.cells import literal

_MOST_SHOWN = 3  # stops that are written out where nobody can be asked


class _Stopper:
    """Opens the debugger, or writes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_off = False
        self.hidden = 0
        self._shown = 0

    def stop(self, stop: Stop) -> None:
        if self._is_off:
            return
        run = StoppedRun(stop)
        if stop.frame is None or stop.nearest is None or not _can_ask():
            self._write(stop)
            return
        sys.stdout.flush()
        self._tell(stop)
        word = "!bt" if find_debugger() else "bt"
        print(f"{word} has the books of the run: type {word}", file=self._stream)
        builtins.bt = run  # type: ignore[attr-defined]
        with _set_aside():
            open_debugger(stop.frame, stop.nearest)
        self._is_off = run.is_off

    def _write(self, stop: Stop) -> None:
        self._shown += 1
        if self._shown > _MOST_SHOWN:
            self.hidden += 1
            return
        self._tell(stop)
        StoppedRun(stop, self._stream).table()

    def _tell(self, stop: Stop) -> None:
        lines = [f"backtrace: stopped at update {stop.update}: {stop.reason}"]
        if stop.frame is not None:
            code, line = stop.frame.f_code, stop.frame.f_lineno
            text = linecache.getline(code.co_filename, line, stop.frame.f_globals).strip()
            lines.append(f"  {stop.event.where}  {text}")
        for each in lines:
            print(literal(each), file=self._stream)


class BreakView(View):
    """Stops a run, where `follow` is told of its events; says at the end what never held.

    A LimitReached out of `follow` says that the user has ended the run at the prompt.

    Raises:
        UsageError: one of the texts is no condition.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._errors = sys.stderr
        self._stopper = _Stopper(self._errors)
        self._breaker = Breaker([parse_when(text) for text in texts], self._stopper.stop)
        self.follow = self._breaker.follow

    def finish(self, result: RunResult) -> None:
        """Say it."""
        vars(builtins).pop("bt", None)
        told = [f"--break: {each}" for each in self._breaker.describe_never()]
        if self._stopper.hidden:
            told.append(f"--break: {self._stopper.hidden} more times")
        for line in told:
            print(literal(f"backtrace: {line}"), file=self._errors)


def _can_ask() -> bool:
    """Whether somebody sits at a terminal, who is asked by one process alone."""
    from backtrace.recording.ranks import find_rank

    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return is_terminal and find_debugger() != "0" and find_rank() is None


@contextmanager
def _set_aside() -> Iterator[None]:
    """Have what is typed at the prompt be no part of the training, and gradients be on."""
    from backtrace.recording.recorder import find_recorder

    with find_recorder().set_aside():
        yield
