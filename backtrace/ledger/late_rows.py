"""Rows of an update that are made when somebody looks at them: of a long run's nobody does."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, Mapping, Sequence, Set, ValuesView
from dataclasses import dataclass
from typing import NamedTuple

from backtrace.ledger import books
from backtrace.ledger.accounts import (
    AccountChange,
    Accounts,
    AccountState,
    Changes,
    written_by,
)
from backtrace.ledger.books import Balance
from backtrace.ledger.column_books import SumColumns, worst_of_columns
from backtrace.ledger.draft_row import DraftRow
from backtrace.ledger.entry_columns import Readings
from backtrace.ledger.events import BackwardRan, GradsZeroed, Kind, ParameterSeen, StepTaken
from backtrace.ledger.open_rows import OpenRows, clears
from backtrace.ledger.updates import Row, Update

_NEITHER = None, None


class BriefColumns(NamedTuple):
    """What a step found and did, a tensor at each place; `befores` only of those that it changed.

    They are values before the step; `grads` and `afters` are what stood in the accounts at the end.
    """

    names: tuple[str, ...]
    kinds: Sequence[Kind]
    grads: Readings
    befores: Readings
    changes: Readings
    afters: Readings


@dataclass(frozen=True, slots=True)
class Ends:
    """The tensors that an update has a row for, each with its accounts as they are at the end."""

    names: tuple[str, ...]
    states: list[AccountState]
    seen: Sequence[ParameterSeen]
    grads: Readings
    values: Readings

    @classmethod
    def of(cls, accounts: Mapping[str, AccountState]) -> Ends:
        """Take down what stands in the accounts of some tensors."""
        states = list(accounts.values())
        return cls(
            tuple(accounts),
            states,
            [each.seen for each in states],
            [each.grad for each in states],
            [each.value for each in states],
        )

    def items(self) -> Iterator[tuple[str, AccountState, AccountState]]:
        """Yield each tensor's name, its accounts, and these as they were at the end."""
        ends = map(AccountState, self.seen, self.grads, self.values)
        return zip(self.names, self.states, ends, strict=True)


class LateRows(Mapping[str, Row]):
    """The rows of an update.

    Args:
        rows: the open rows, which nothing more is entered into before these are made.
        first: where the update begins.
        ends: the tensors that it has a row for.
        own: those of them that are its optimizer's own.
        backwards: the events that a row has a column for.
    """

    def __init__(
        self,
        rows: OpenRows,
        first: int,
        ends: Ends,
        own: Set[AccountState],
        backwards: Sequence[int],
    ) -> None:
        self._open, self._first = rows, first
        self._ends, self._own, self._backwards = ends, own, backwards
        self._made: dict[str, Row] | None = None

    def __getitem__(self, name: str) -> Row:
        return self._make()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ends.names)

    def __len__(self) -> int:
        return len(self._ends.names)

    def __contains__(self, name: object) -> bool:
        return name in (self._made or self._ends.names)

    def __repr__(self) -> str:
        return repr(self._make())

    def values(self) -> ValuesView[Row]:
        """Return the rows."""
        return self._make().values()

    def items(self) -> ItemsView[str, Row]:
        """Return the rows with their names."""
        return self._make().items()

    def brief(self) -> BriefColumns:
        """Return of the rows what needs none to be made."""
        ends = self._ends
        steps = [found for event, found in self._open.waiting() if isinstance(event, StepTaken)]
        columns = self._columns_of(steps[0]) if len(steps) == 1 else None
        befores: Readings
        changes: Readings
        if columns is not None and len(columns) == 1:
            befores, changes = columns[0].before, columns[0].added
        else:
            moved = {
                state: (before, delta)
                for found in steps
                for state, before, _, delta in written_by(found)
            }
            pairs = [moved.get(state, _NEITHER) for state in ends.states]
            befores, changes = [before for before, _ in pairs], [change for _, change in pairs]
        kinds = [each.kind for each in ends.seen]
        return BriefColumns(ends.names, kinds, ends.grads, befores, changes, ends.values)

    def is_untouched(self) -> bool:
        """Whether no row was made, nor entered, yet."""
        return self._made is None and not self._open.has_entered()

    def worst_books(self) -> tuple[Balance, Balance]:
        """Return the worst account of a gradient, and that of a value."""
        grads: list[SumColumns] = []
        values: list[SumColumns] = []
        for event, changes in self._open.waiting():
            columns = self._columns_of(changes)
            if columns is None:
                return self._worst_books_of_each()
            if isinstance(event, BackwardRan):
                grads += columns
            elif isinstance(event, StepTaken):
                values += columns
            elif isinstance(event, GradsZeroed):
                grads = [] if columns else grads
            elif grads:  # an edit may clear some of them
                return self._worst_books_of_each()
        return worst_of_columns(grads), worst_of_columns(values)

    def _columns_of(self, changes: Sequence[AccountChange]) -> list[SumColumns] | None:
        """Return what an event entered, where it did so for all tensors, and in their order."""
        if not isinstance(changes, Changes):
            return None if changes else []
        found = [each for each in changes.columns if each.entries is not None]
        if any(each.states != self._ends.states for each in found):
            return None
        return [
            SumColumns(each.entries.before, each.entries.delta, each.entries.after)
            for each in found
            if each.entries is not None
        ]

    def _worst_books_of_each(self) -> tuple[Balance, Balance]:
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
        grad, value = (
            books.worst_of_many([found.get(state, []) for state in self._ends.states])
            for found in (grads, values)
        )
        return grad, value

    def _make(self) -> dict[str, Row]:
        if self._made is None:
            drafts = {
                name: (self._open.since(state, self._first) or DraftRow(end.grad, end.value), end)
                for name, state, end in self._ends.items()
            }
            cleared = {
                event
                for name, state in zip(self._ends.names, self._ends.states, strict=True)
                if state in self._own
                for event in drafts[name][0].cleared
            }
            gone = sorted(cleared.difference(self._backwards))
            self._made = {
                name: draft.finish(end, self._backwards, gone)
                for name, (draft, end) in drafts.items()
            }
            self._open = OpenRows(Accounts(), [0])  # what is made needs it no more
        return self._made


def brief_columns(rows: Mapping[str, Row]) -> BriefColumns:
    """Return of the rows of an update what a step found and did."""
    if isinstance(rows, LateRows) and rows.is_untouched():
        return rows.brief()
    found = list(rows.values())
    return BriefColumns(
        tuple([row.name for row in found]),
        [row.kind for row in found],
        [row.grad_after for row in found],
        [row.value_before for row in found],
        [row.change for row in found],
        [row.value_after for row in found],
    )


def worst_books(update: Update) -> tuple[Balance, Balance]:
    """Return the worst account of a gradient of an update, and that of a value."""
    rows = update.rows
    if isinstance(rows, LateRows) and rows.is_untouched():
        return rows.worst_books()
    return update.grad_books, update.value_books
