"""Events become updates, one row a tensor.

The same code serves a live run and a replayed trace. Each optimizer has a ledger of its own:
its update runs from the end of its own last step, so the two optimizers of a GAN, or of an
encoder and a decoder, do not cut each other's books in half.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

from backtrace.ledger.events import BackwardRan, Edited, Event, StepTaken
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.page import Page
from backtrace.ledger.updates import Update

_PATIENCE = 1000  # steps of others after which an optimizer counts as given up


class Ledger:
    """Takes events one by one and gives an update for each step.

    >>> updates = [update for event in events for update in ledger.take(event)]
    """

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}
        self._counts: dict[str, int] = {}
        self._has_rest = False
        self._first = Page("", {})  # until an optimizer is known

    def take(self, event: Event) -> Iterator[Update]:
        """Enter `event`; yield the update that it ends, if it ends one."""
        owner = getattr(event, "optimizer", None)
        if owner and owner not in self._pages:
            self._adopt(owner)
        for page in self._pages.values() or (self._first,):
            page.take(event)
        if isinstance(event, BackwardRan | Edited):
            self._has_rest = True
        elif isinstance(event, StepsPassed):
            self._counts[event.optimizer] = self._counts.get(event.optimizer, 0) + event.count
        elif isinstance(event, StepTaken):
            yield self._turn(event)

    def rest(self) -> Iterator[Update]:
        """Yield what each optimizer has left at the end: backwards without a step, and edits."""
        if not self._has_rest:
            return
        for name, page in self._pages.items() if self._pages else [("", self._first)]:
            if page.has_entries():
                alone = len(self._pages) <= 1
                yield page.close(self._counts.get(name, 0) + 1, None, alone=alone)

    def _turn(self, step: StepTaken) -> Update:
        """Close the page of the optimizer that stepped, and open its next."""
        self._has_rest = False
        name = step.optimizer
        self._counts[name] = self._counts.get(name, 0) + 1
        page = self._pages[name]
        update = page.close(self._counts[name], step, alone=len(self._pages) == 1)
        self._pages[name] = page.next()
        for other in [n for n, p in self._pages.items() if p.others_steps > _PATIENCE]:
            del self._pages[other]  # or its page would grow for ever
        return update

    def _adopt(self, optimizer: str) -> None:
        """Open a page for a new optimizer: with what has happened since the last step of any."""
        if not self._pages:
            self._first.optimizer = optimizer
            self._pages[optimizer] = self._first
            return
        latest = min(self._pages.values(), key=lambda page: len(page.calls))
        page = copy.deepcopy(latest)
        page.optimizer, page.others_steps = optimizer, 0
        self._pages[optimizer] = page


def build_updates(events: Iterable[Event]) -> list[Update]:
    """Return the updates of a whole trace, the unfinished one included."""
    ledger = Ledger()
    updates = [update for event in events for update in ledger.take(event)]
    return [*updates, *ledger.rest()]
