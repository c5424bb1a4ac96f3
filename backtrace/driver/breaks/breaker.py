"""Looks at every event of a run whether a condition holds, and stops it there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from backtrace.driver.breaks.condition import Condition, Moment
from backtrace.interrupts import comes_from_user
from backtrace.ledger.events import Event
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.numbering import Numbering
from backtrace.ledger.updates import Update

_UPDATES = 20  # that are kept
_EVENTS = 5000


@dataclass
class Books:
    """What is known of a run so far, for whoever looks at it while it stands still."""

    ledger: Ledger = field(default_factory=Ledger)
    updates: deque[Update] = field(default_factory=lambda: deque(maxlen=_UPDATES))
    events: deque[tuple[int, Event]] = field(default_factory=lambda: deque(maxlen=_EVENTS))


@dataclass(frozen=True)
class Stop:
    """A run that stands still: which condition holds, why, and in which frame of the user's.

    `frame` is None where there is none, `nearest` the innermost frame that is neither ours nor
    torch's: that of a framework, where one drives the loop.
    """

    when: str
    reason: str
    event: Event
    update: int
    books: Books
    frame: FrameType | None
    nearest: FrameType | None


class Breaker:
    """Is told of every event (`follow`), and calls `on_stop` inside the call that it is of."""

    def __init__(self, conditions: Sequence[Condition], on_stop: Callable[[Stop], None]) -> None:
        self._conditions = conditions
        self._on_stop = on_stop
        self._numbering = Numbering()
        self._place = 0
        self._books = Books()
        self._is_stopped = False
        self._has_held: set[str] = set()

    def learn(self, event: Event) -> None:
        """Enter a tensor that was seen before; nothing stops there."""
        list(self._books.ledger.take(event))
        self._numbering.take(self._place, event)
        self._place += 1
        self._books.events.append((1, event))

    def follow(self, event: Event) -> None:
        """Enter an event, and stop where a condition comes to hold."""
        if self._is_stopped:
            return
        ended = list(self._books.ledger.take(event))
        closed = self._numbering.take(self._place, event)
        self._place += 1
        opened = max((each.number for each in self._numbering.of.values()), default=1)
        number = closed.number if closed is not None else opened
        self._books.updates.extend(ended)
        self._books.events.append((number, event))
        moment = Moment(event, ended, number, self._books.ledger.accounts)
        for condition in self._conditions:
            reason = self._look(condition, moment)
            if reason:
                self._has_held.add(condition.text)
                self._stop(condition.text, reason, moment)

    def describe_never(self) -> list[str]:
        """Say of each condition that never held, why."""
        names = list(self._books.ledger.accounts.of)
        return [
            each.describe_never(names)
            for each in self._conditions
            if each.text not in self._has_held
        ]

    def _look(self, condition: Condition, moment: Moment) -> str:
        try:
            return condition.look(moment)
        except Exception as error:  # odd numbers must not take the user's run down
            if comes_from_user(error):
                raise
            return ""

    def _stop(self, when: str, reason: str, moment: Moment) -> None:
        from backtrace.recording.frames import find_frames

        frame, nearest = find_frames()
        self._is_stopped = True
        try:
            stop = Stop(when, reason, moment.event, moment.update, self._books, frame, nearest)
            self._on_stop(stop)
        finally:
            self._is_stopped = False
