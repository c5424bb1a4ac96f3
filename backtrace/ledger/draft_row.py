"""One row of an open update: what its calls have entered into a tensor's accounts so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backtrace.ledger import books
from backtrace.ledger.accounts import AccountState
from backtrace.ledger.books import Balance
from backtrace.ledger.events import BackwardRan, Entry, Reading, Receipt, Split, StepTaken
from backtrace.ledger.updates import Row

_MOST = 8  # entries that wait to be added up


class DraftRow:
    """The entries of one tensor; begun with both of its accounts as the update found them."""

    __slots__ = (
        "added", "begun", "change", "cleared", "grad_before", "grad_books", "receipt", "split",
        "terms", "value_before", "value_books",
    )  # fmt: skip

    def __init__(self, grad: Reading | None, value: Reading | None) -> None:
        self.begun = 0  # the place of its first entry
        self.grad_before, self.value_before = grad, value
        self.added: dict[int, Reading] = {}
        self.cleared: dict[int, Reading] = {}
        self.terms: dict[str, dict[int, Reading]] = {}
        self.change: Reading | None = None
        self.receipt: Receipt | None = None
        self.split: Split | None = None
        self.grad_books: list[Entry | Balance] = []
        self.value_books: list[Entry | Balance] = []

    def clear(self, after: Reading | None) -> None:
        """Enter a clearing: the gradient's account begins anew."""
        self.grad_before = after
        if self.added or self.terms:
            self.cleared |= self.added
            self.added, self.terms, self.grad_books = {}, {}, []

    def add(self, event: BackwardRan, name: str, entry: Entry) -> None:
        """Enter what a backward added."""
        if not self.added:
            self.grad_before = entry.before
        if entry.delta is not None:
            self.added[event.index] = entry.delta
            _enter(self.grad_books, entry)
        self.split = event.splits.get(name)

    def add_term(self, event: BackwardRan, term: str, part: Reading) -> None:
        """Enter which part of what a backward added came from one loss term."""
        self.terms.setdefault(term, {})[event.index] = part

    def move(self, event: StepTaken, name: str, entry: Entry) -> None:
        """Enter what a step did to the value."""
        self.value_before, self.change = entry.before, entry.delta
        self.receipt = event.receipts.get(name)
        if entry.delta is not None:
            _enter(self.value_books, entry)

    def finish(self, state: AccountState, backwards: Sequence[int], cleared: Sequence[int]) -> Row:
        """Return the row; `backwards` are the events that it has a column for, and `cleared`."""
        seen = state.seen
        return Row(
            seen.name,
            seen.shape,
            seen.kind,
            self.value_before,
            self.grad_before,
            added=_spread(self.added, backwards),
            grad_after=state.grad,
            change=self.change,
            value_after=state.value,
            terms={term: _spread(found, backwards) for term, found in self.terms.items()},
            grad_books=_judge(self.grad_books),
            value_books=_judge(self.value_books),
            receipt=self.receipt,
            split=self.split,
            cleared=_spread(self.cleared, cleared),
        )


def _spread(found: Mapping[int, Reading], events: Sequence[int]) -> tuple[Reading | None, ...]:
    """Return what is found of each event, in their order."""
    return tuple([found.get(event) for event in events]) if events else ()


def _enter(found: list[Entry | Balance], entry: Entry) -> None:
    """Enter what is to be added up, should the update show this tensor; few wait at once."""
    found.append(entry)
    if len(found) > _MOST:
        found[:] = [_judge(found)]


def _judge(found: Sequence[Entry | Balance]) -> Balance:
    """Return the balance to report of what was entered."""
    if len(found) == 1:  # nearly always
        return _check(found[0])
    return books.worst(map(_check, found)) if found else books.NOTHING


def _check(found: Entry | Balance) -> Balance:
    if isinstance(found, Balance):
        return found
    return books.check(found.before, [found.delta] if found.delta else [], found.after)
