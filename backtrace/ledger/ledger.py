"""Events become updates, one row a tensor.

The same code serves a live run and a replayed trace. Each optimizer has a ledger of its own:
its update runs from the end of its own last step, so the two optimizers of a GAN, or of an
encoder and a decoder, do not cut each other's books in half.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backtrace.ledger.accounts import Accounts
from backtrace.ledger.events import BackwardRan, Edited, Event, StepTaken
from backtrace.ledger.numbering import Numbering
from backtrace.ledger.open_books import OpenBooks
from backtrace.ledger.open_update import OpenUpdate
from backtrace.ledger.updates import Update


class Ledger:
    """Takes events one by one and gives an update for each step.

    >>> updates = [update for event in events for update in ledger.take(event)]
    """

    def __init__(self) -> None:
        self.accounts = Accounts()
        self._numbering = Numbering()
        self._books = OpenBooks(self.accounts)
        self._latest = OpenUpdate("", self._books)  # the one opened last
        self._open: dict[str, OpenUpdate] = {}
        self._place = 0
        self._has_unfinished = False

    def take(self, event: Event) -> Iterator[Update]:
        """Enter `event`; yield the update that it ends, if it ends one."""
        self._open_update(event)
        changes = self.accounts.take(event)
        self._books.take(event, changes)
        if isinstance(event, BackwardRan | Edited):
            self._has_unfinished = True
        closed = self._close_update(event)
        self._place += 1
        if closed is not None:
            yield closed

    def unfinished_updates(self) -> Iterator[Update]:
        """Yield what each optimizer has left at the end: backwards without a step, and edits."""
        if not self._has_unfinished:
            return
        for number, name, _ in self._numbering.rows():
            update = self._open.get(name, self._latest)
            if update.has_entries():
                yield update.close(number, None, alone=len(self._open) <= 1)

    def _open_update(self, event: Event) -> None:
        """Open an update for a new optimizer: with what has happened since the last step of any."""
        optimizer = self._numbering.open_update(event)
        if optimizer is None:
            return
        if self._open:
            self._latest = OpenUpdate(optimizer, self._books, self._latest.first)
        self._latest.optimizer = optimizer
        self._open[optimizer] = self._latest

    def _close_update(self, event: Event) -> Update | None:
        """Close the update of the optimizer that stepped, if one did, and open its next."""
        closed = self._numbering.close_update(self._place, event)
        if len(self._open) != len(self._numbering.of):
            for given_up in self._open.keys() - self._numbering.of.keys():
                del self._open[given_up]
        if closed is None or not isinstance(event, StepTaken):
            return None
        self._has_unfinished = False
        update = self._open.pop(event.optimizer).close(closed.number, event, alone=closed.alone)
        self._latest = OpenUpdate(event.optimizer, self._books, self._books.place)
        self._open[event.optimizer] = self._latest  # at the end: they are in order of beginning
        self._books.keep_since([update.first for update in self._open.values()])
        return update


def build_updates(events: Iterable[Event]) -> list[Update]:
    """Return the updates of a whole trace, the unfinished one included."""
    ledger = Ledger()
    updates = [update for event in events for update in ledger.take(event)]
    return [*updates, *ledger.unfinished_updates()]
