"""The rows of all tensors for every open update: entered when one of them is asked for.

Of most updates nobody asks for any: then what calls changed is put by, and let go of in the end.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from backtrace.ledger.accounts import AccountChange, Accounts, AccountState
from backtrace.ledger.calls import is_cleared_by
from backtrace.ledger.draft_row import DraftRow
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Entry,
    Event,
    GradsReduced,
    GradsRescaled,
    GradsZeroed,
    ParameterSeen,
    StepTaken,
)

_WRITERS = (BackwardRan, Edited, GradsReduced, GradsRescaled, GradsZeroed, StepTaken)
_PATIENCE = 64  # events that wait at once


class OpenRows:
    """Updates differ in where they begin alone.

    A row is shared by those that began between the same two entries of its tensor, so that it is
    written once however many optimizers there are. `firsts` is where open updates begin, in order.
    """

    def __init__(self, accounts: Accounts, firsts: list[int]) -> None:
        self._accounts, self._firsts = accounts, firsts
        self._of: dict[AccountState, list[DraftRow]] = {}
        self._waiting: list[tuple[int, Event, Sequence[AccountChange]]] = []

    def take(self, place: int, event: Event, changes: Sequence[AccountChange]) -> None:
        """Take what an event changed in the accounts."""
        if isinstance(event, ParameterSeen) and changes:
            self._enter()
            for change in changes:  # the row begins anew, with another tensor
                self._of.pop(change.state, None)
        elif isinstance(event, _WRITERS):
            self._waiting.append((place, event, changes))
            if len(self._waiting) > _PATIENCE or _goes_by_name(event):
                self._enter()

    def since(self, state: AccountState, first: int) -> DraftRow | None:
        """Return the row of a tensor in an update that began at `first`, if it has one."""
        self._enter()
        return next((row for row in self._of.get(state, ()) if row.begun >= first), None)

    def keep_since(self, firsts: list[int]) -> None:
        """Go on with updates that begin at `firsts`."""
        self._enter()
        self._firsts = firsts

    def sweep(self) -> None:
        """Let go of rows that no open update is to show."""
        self._enter()
        rows = {state: self._needed(found) for state, found in self._of.items()}
        self._of = {state: found for state, found in rows.items() if found}

    def has_entered(self) -> bool:
        """Whether anything was entered, so that what waits is not all."""
        return bool(self._of)

    def waiting(self) -> Iterator[tuple[Event, Sequence[AccountChange]]]:
        """Yield what was not entered yet: events, and what they changed."""
        return ((event, changes) for _, event, changes in self._waiting)

    def _needed(self, rows: list[DraftRow]) -> list[DraftRow]:
        """Return the rows that an open update is to show: one that began since the row before."""
        kept, before = [], -1
        for row in rows:
            at = bisect_right(self._firsts, before)
            if at < len(self._firsts) and self._firsts[at] <= row.begun:
                kept.append(row)
            before = row.begun
        return kept

    def _enter(self) -> None:
        waiting, self._waiting = self._waiting, []
        for place, event, changes in waiting:
            match event:
                case BackwardRan():
                    self._backward(place, event, changes)
                case StepTaken():
                    for change, entry, row in self._rows(place, changes):
                        if entry is not None:
                            row.move(event, change.state.seen.name, entry)
                case _:
                    for _, entry, row in self._rows(place, changes):
                        if entry is not None and clears(event, entry):
                            row.clear(entry.after)

    def _backward(self, place: int, event: BackwardRan, changes: Sequence[AccountChange]) -> None:
        entered = [change for change in changes if change.entry is not None]
        for change, entry, row in self._rows(place, entered):
            if entry is not None:
                row.add(event, change.state.seen.name, entry)
        for term, parts in event.terms.items():
            for name, part in parts.items():
                state = self._accounts.of.get(name)
                for row in self._of.get(state, ()) if state else ():
                    row.add_term(event, term, part)

    def _rows(
        self, place: int, changes: Sequence[AccountChange]
    ) -> Iterator[tuple[AccountChange, Entry | None, DraftRow]]:
        """Yield each row of the tensors that were changed; begun with what was there before."""
        for change in changes:
            state, account, was, entry, beside = change
            rows = self._of.get(state)
            if rows is None or rows[-1].begun < self._firsts[-1]:
                row = DraftRow(was, beside) if account == "grad" else DraftRow(beside, was)
                row.begun = place
                rows = self._of[state] = [row] if rows is None else [*self._needed(rows), row]
            for row in rows:
                yield change, entry, row


def _goes_by_name(event: Event) -> bool:
    """Whether an event must be entered while its tensors have the names that it knows them by."""
    if isinstance(event, StepTaken):
        return bool(event.receipts)
    return isinstance(event, BackwardRan) and bool(event.terms or event.splits)


def clears(event: Event, entry: Entry) -> bool:
    """Whether an event other than a backward or a step begins the account of a gradient anew."""
    if isinstance(event, Edited):
        return is_cleared_by(event) and entry.after is None
    return isinstance(event, GradsZeroed)
