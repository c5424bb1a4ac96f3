"""Numbers events, says when and where they happened, and hands them on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, NamedTuple

from backtrace.interrupts import comes_from_user
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    GradsZeroed,
    ParameterSeen,
    StepTaken,
    Unseen,
)
from backtrace.recording.frames import find_caller
from backtrace.recording.kernels.kernel import Kernel, Transfer

Sink = Callable[[Event], None]
Find = Callable[[], Mapping[str, Any] | None]

_WRITERS = (GradsZeroed, BackwardRan, StepTaken, Edited)
_MOST = 256  # events that wait for the device: an update has some ten a backward


class _Late(NamedTuple):
    """An event that happened, and is made when what was read for it is here."""

    event: type[Event]
    elapsed: float
    where: str
    facts: Mapping[str, Any]
    find: Find
    transfer: Transfer | None


class Journal:
    """Writes events to `sink`, in the order in which they happen.

    `followers` are told of each after the sink: what they raise goes through the user's loop.
    While there are any, or where it is not to be `late`, each event is handed on at once, whatever
    has to be waited for. `opening` are the tensors that were seen before anything was written to
    one, for a follower that comes after them.
    """

    def __init__(self, sink: Sink, kernel: Kernel, late: bool = False) -> None:
        self._sink = sink
        self._kernel = kernel
        self._is_late = late
        self._start = perf_counter()
        self._index = 0
        self._unseen: set[str] = set()
        self._late: deque[_Late] = deque()
        self.followers: list[Sink] = []
        self.opening: list[Event] = []
        self._is_opening = True
        self.rank = 0

    @property
    def written(self) -> int:
        """How many events were written so far; those whose reading is awaited are not in it."""
        return self._index

    def write(
        self,
        event: type[Event],
        *,
        where: str | None = None,
        elapsed: float | None = None,
        **facts: Any,
    ) -> None:
        """Make an event of `facts` and hand it on.

        `where` and when it happened are told, if it was not in this call and now.
        """
        is_now = elapsed is None
        time_of = perf_counter() - self._start if elapsed is None else elapsed
        place = find_caller() if where is None else where
        if self._late and is_now:
            self._put(_Late(event, time_of, place, facts, dict, None))
            return
        made = event(index=self._index, elapsed=time_of, where=place, rank=self.rank, **facts)
        self._sink(made)
        self._index += 1
        if self._is_opening:
            if event is ParameterSeen:
                self.opening.append(made)
            elif event in _WRITERS:
                self.opening, self._is_opening = [], False
        for follow in tuple(self.followers):
            follow(made)

    def write_read(
        self, event: type[Event], find: Find, *, where: str | None = None, **facts: Any
    ) -> None:
        """As `write`, with what `find` returns besides once the kernel has settled.

        There is no such event where it returns None.
        """
        elapsed = perf_counter() - self._start
        place = find_caller() if where is None else where
        transfer = self._kernel.send()
        if transfer is not None or self._late:
            self._put(_Late(event, elapsed, place, facts, find, transfer))
            return
        found = find()
        if found is not None:
            self.write(event, where=place, elapsed=elapsed, **facts, **found)

    def now(self) -> float:
        """Return the seconds since recording began."""
        return perf_counter() - self._start

    def catch_up(self) -> None:
        """Wait for all that is on its way, and hand the events on."""
        while self._late:
            self._make(self._late.popleft())

    def report_failure(self, what: str, reason: str) -> None:
        """Say, once for each `what`, that it was not recorded, and why."""
        if what not in self._unseen:
            self._unseen.add(what)
            self.write(Unseen, what=what, reason=reason)

    def _put(self, late: _Late) -> None:
        """Take an event in, and hand on those whose numbers are here."""
        self._late.append(late)
        if self.followers or not self._is_late:
            self.catch_up()
        while self._late and (len(self._late) > _MOST or _is_here(self._late[0])):
            self._make(self._late.popleft())

    def _make(self, late: _Late) -> None:
        if late.transfer is not None:
            late.transfer.wait()
        try:
            found = late.find()
        except Exception as error:
            if comes_from_user(error):
                raise
            self.report_failure(late.event.__name__, f"{type(error).__name__}: {error}")
            return
        if found is not None:
            self.write(late.event, where=late.where, elapsed=late.elapsed, **late.facts, **found)


def _is_here(late: _Late) -> bool:
    return late.transfer is None or late.transfer.is_done()
