"""What the books hold between two events: the accounts of all tensors, and which updates are open.

The same as `ledger.py` and `page.py` keep, but without the entries: little enough to be written
into a trace file now and then, so that any update can be made without those before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Entries,
    Event,
    GradsRescaled,
    GradsZeroed,
    ParameterSeen,
    Reading,
    StepTaken,
)
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.ledger import _PATIENCE
from backtrace.ledger.page import Page

_MOST = 2**63 - 2  # what fits into a column, and one more; an event may claim anything


@dataclass(slots=True)
class Account:
    """The latest `ParameterSeen` of a tensor with its event's id, and its latest readings."""

    seen: ParameterSeen
    seen_at: int
    grad: Reading | None
    value: Reading | None


class Accounts:
    """The accounts of all tensors, in the order in which they came into view."""

    def __init__(self) -> None:
        self.of: dict[str, Account] = {}

    def take(self, id: int, event: Event) -> None:
        """Enter one event."""
        match event:
            case ParameterSeen():
                known = self.of.get(event.name)
                if known is None or event.kind == "input" or known.seen.shape != event.shape:
                    self.of[event.name] = Account(event, id, None, event.value)
                else:
                    known.seen, known.seen_at = event, id
            case GradsZeroed() | BackwardRan() | GradsRescaled():
                self._set_grads(event.grads)
            case Edited(account="grad"):
                self._set_grads(event.entries)
            case Edited():
                self._set_values(event.entries)
            case StepTaken():
                for name, grad in event.grads.items():
                    if name in self.of:
                        self.of[name].grad = grad
                self._set_values(event.values)

    def _set_grads(self, entries: Entries) -> None:
        for name, entry in entries.items():
            if name in self.of:
                self.of[name].grad = entry.after

    def _set_values(self, entries: Entries) -> None:
        for name, entry in entries.items():
            if name in self.of:
                self.of[name].value = entry.after

    def open_page(self, optimizer: str) -> Page:
        """Return an optimizer's page with these accounts, in the words that a page knows."""
        page = Page(optimizer, {})
        for name, account in self.of.items():
            page.take(replace(account.seen, value=account.value))
            page.accounts[name].seen = account.seen
            page.accounts[name].grad = account.grad
        return page.next()


@dataclass(slots=True)
class Open:
    """An open update: its number, and the id of the event that it begins with."""

    number: int
    first: int
    others_steps: int = 0


@dataclass(frozen=True, slots=True)
class Closed:
    """An update that a step ended; `alone` when its optimizer was the only one."""

    number: int
    first: int
    alone: bool


class Openings:
    """Where the open update of each optimizer begins; see `Ledger`, whose rules these are."""

    def __init__(self) -> None:
        self.of: dict[str, Open] = {}
        self._counts: dict[str, int] = {}

    def take(self, id: int, event: Event) -> Closed | None:
        """Enter one event; return the update that it ends, if it ends one."""
        owner = getattr(event, "optimizer", None)
        if owner and owner not in self.of:
            first = max((found.first for found in self.of.values()), default=0)
            self.of[owner] = Open(self._counts.get(owner, 0) + 1, first)
        if isinstance(event, StepsPassed):
            self._count(event.optimizer, event.count)
        if not isinstance(event, StepTaken) or event.optimizer not in self.of:
            return None
        closed = self.of[event.optimizer]
        done = Closed(closed.number, closed.first, len(self.of) == 1)
        self._count(event.optimizer, 1)
        self.of[event.optimizer] = Open(done.number + 1, id + 1)
        for name, found in list(self.of.items()):
            found.others_steps += name != event.optimizer
            if found.others_steps > _PATIENCE:
                del self.of[name]
        return done

    def rows(self) -> Iterator[tuple[int, str, int]]:
        """Yield number, optimizer and first event of each; of "" while none is known."""
        for name, found in self.of.items() or [("", Open(1, 0))]:
            yield found.number, name, found.first

    def _count(self, optimizer: str, count: int) -> None:
        number = self._counts.get(optimizer, 0) + count
        self._counts[optimizer] = max(-_MOST, min(number, _MOST))
        if optimizer in self.of:
            self.of[optimizer].number = self._counts[optimizer] + 1
