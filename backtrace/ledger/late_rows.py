"""Rows of an update that are made when somebody looks at them: of a long run's nobody does."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, Sequence, Set, ValuesView
from typing import NamedTuple

from backtrace.ledger import books
from backtrace.ledger.accounts import Accounts, AccountState, written_by
from backtrace.ledger.books import Balance
from backtrace.ledger.draft_row import DraftRow
from backtrace.ledger.events import BackwardRan, Kind, Reading, StepTaken
from backtrace.ledger.open_rows import OpenRows, clears
from backtrace.ledger.updates import Row, Update

_NEITHER = None, None


class BriefRow(NamedTuple):
    """What a step found and did; `value_before` is only told of a tensor that it changed."""

    name: str
    kind: Kind
    grad_after: Reading | None
    value_before: Reading | None
    change: Reading | None
    value_after: Reading | None


class LateRows(Mapping[str, Row]):
    """The rows of an update.

    Args:
        rows: the open rows, which nothing more is entered into before these are made.
        first: where the update begins.
        tensors: those that it has a row for, by name, each with a copy of its accounts at the end.
        own: those of them that are its optimizer's own.
        backwards: the events that a row has a column for.
    """

    def __init__(
        self,
        rows: OpenRows,
        first: int,
        tensors: dict[str, tuple[AccountState, AccountState]],
        own: Set[AccountState],
        backwards: Sequence[int],
    ) -> None:
        self._open, self._first = rows, first
        self._tensors, self._own, self._backwards = tensors, own, backwards
        self._made: dict[str, Row] | None = None

    def __getitem__(self, name: str) -> Row:
        return self._make()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tensors)

    def __len__(self) -> int:
        return len(self._tensors)

    def __contains__(self, name: object) -> bool:
        return name in self._tensors

    def __repr__(self) -> str:
        return repr(self._make())

    def values(self) -> ValuesView[Row]:
        """Return the rows."""
        return self._make().values()

    def items(self) -> ItemsView[str, Row]:
        """Return the rows with their names."""
        return self._make().items()

    def brief(self) -> Iterator[BriefRow]:
        """Yield of each row what needs none to be made."""
        moved: dict[AccountState, tuple[Reading | None, Reading | None]] = {}
        for event, changes in self._open.waiting():
            if isinstance(event, StepTaken):
                moved.update(
                    (state, (before, delta)) for state, before, _, delta in written_by(changes)
                )
        for name, (state, end) in self._tensors.items():
            before, change = moved.get(state, _NEITHER)
            yield BriefRow(name, end.seen.kind, end.grad, before, change, end.value)

    def is_untouched(self) -> bool:
        """Whether no row was made, nor entered, yet."""
        return self._made is None and not self._open.has_entered()

    def worst_books(self) -> tuple[Balance, Balance]:
        """Return the worst account of a gradient, and that of a value."""
        grads: dict[AccountState, list[books.Sum]] = {}
        values: dict[AccountState, list[books.Sum]] = {}
        for event, changes in self._open.waiting():
            if isinstance(event, BackwardRan | StepTaken):
                found = grads if isinstance(event, BackwardRan) else values
                for state, before, after, delta in written_by(changes):
                    if delta is not None:
                        found.setdefault(state, []).append((before, delta, after))
            elif grads:
                for change in changes:
                    if change.entry is not None and clears(event, change.entry):
                        grads.pop(change.state, None)
        states = [state for state, _ in self._tensors.values()]
        grad, value = (
            books.worst_of_many([found.get(state, []) for state in states])
            for found in (grads, values)
        )
        return grad, value

    def _make(self) -> dict[str, Row]:
        if self._made is None:
            drafts = {
                name: self._open.since(state, self._first) or DraftRow(end.grad, end.value)
                for name, (state, end) in self._tensors.items()
            }
            cleared = {
                event
                for name, (state, _) in self._tensors.items()
                if state in self._own
                for event in drafts[name].cleared
            }
            gone = sorted(cleared.difference(self._backwards))
            self._made = {
                name: drafts[name].finish(end, self._backwards, gone)
                for name, (_, end) in self._tensors.items()
            }
            self._open = OpenRows(Accounts(), [0])  # what is made needs it no more
        return self._made


def brief_rows(rows: Mapping[str, Row]) -> Iterator[BriefRow]:
    """Yield of each row of an update what a step found and did."""
    if isinstance(rows, LateRows) and rows.is_untouched():
        yield from rows.brief()
        return
    for row in rows.values():
        yield BriefRow(
            row.name, row.kind, row.grad_after, row.value_before, row.change, row.value_after
        )


def worst_books(update: Update) -> tuple[Balance, Balance]:
    """Return the worst account of a gradient of an update, and that of a value."""
    rows = update.rows
    if isinstance(rows, LateRows) and rows.is_untouched():
        return rows.worst_books()
    return update.grad_books, update.value_books
