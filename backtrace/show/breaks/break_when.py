"""`break_when`: in a notebook or a test, an exception where a condition holds."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from backtrace.driver.breaks.breaker import Breaker, Stop
from backtrace.driver.breaks.grammar import parse_when
from backtrace.show.breaks.stopped_run import StoppedRun

if TYPE_CHECKING:
    from backtrace.recording.journal import Journal


class BreakReached(BaseException):
    """A condition of `break_when` has come to hold: its text says which and why.

    `bt` has the books of the run: `bt.table()`, `bt.why("fc.weight")`, `bt.readings`. It is no
    `Exception`, so that no `except Exception` of the loop's hides it. The traceback ends at the
    line of the loop, and so a debugger begins there.
    """

    def __init__(self, stop: Stop) -> None:
        super().__init__(f"update {stop.update}, {stop.event.where}: {stop.reason}")
        self.bt = StoppedRun(stop)
        self.frame = stop.frame


class break_when:
    """Raise `BreakReached` in the loop inside the `with` block where a condition comes to hold.

    >>> with backtrace.record(net) as trace, backtrace.break_when("loss > 2*mean(10)"):
    ...     train()

    Args:
        *texts: conditions as `backtrace run --break` takes them.

    Raises:
        UsageError: one of them is none, or nothing is recorded.
    """

    def __init__(self, *texts: str) -> None:
        self._breaker = Breaker([parse_when(text) for text in texts], self._stop)
        self._journal: Journal | None = None

    def __enter__(self) -> break_when:
        from backtrace.recording.recorder import find_recorder

        self._journal = find_recorder().journal
        for event in self._journal.opening:
            self._breaker.learn(event)
        self._journal.followers.append(self._breaker.follow)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        link: TracebackType | None,
    ) -> None:
        if self._journal is not None:
            self._journal.followers.remove(self._breaker.follow)
        if isinstance(error, BreakReached):
            while link is not None and link.tb_frame is not error.frame:
                link = link.tb_next
            if link is not None:
                link.tb_next = None

    def _stop(self, stop: Stop) -> None:
        raise BreakReached(stop)
