"""Numbers events, says when and where they happened, and hands them on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from backtrace.ledger.events import Event, Unseen
from backtrace.recording.frames import find_caller

Sink = Callable[[Event], None]


class Journal:
    """Writes events to `sink`, in the order in which they happen.

    `followers` are told of each after the sink: what they raise goes through the user's loop.
    """

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._start = time.perf_counter()
        self._index = 0
        self._unseen: set[str] = set()
        self.before_next: Callable[[], None] | None = None
        self.followers: list[Sink] = []
        self.rank = 0

    def write(self, event: type[Event], *, where: str | None = None, **facts: Any) -> None:
        """Make an event of `facts` and hand it on; `where` it happened, if not in this call.

        `before_next` is called first, once: it writes what happened before and was not read yet.
        """
        earlier, self.before_next = self.before_next, None
        if earlier is not None:
            earlier()
        elapsed = time.perf_counter() - self._start
        place = find_caller() if where is None else where
        made = event(index=self._index, elapsed=elapsed, where=place, rank=self.rank, **facts)
        self._sink(made)
        self._index += 1
        for follow in tuple(self.followers):
            follow(made)

    def report_failure(self, what: str, reason: str) -> None:
        """Say, once for each `what`, that it was not recorded, and why."""
        if what not in self._unseen:
            self._unseen.add(what)
            self.write(Unseen, what=what, reason=reason)
