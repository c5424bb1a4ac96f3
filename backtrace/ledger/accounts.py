"""What an event does to the accounts of tensors: said here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import NamedTuple, overload

from backtrace.ledger.entry_columns import EntryColumns, Readings
from backtrace.ledger.events import (
    Account,
    BackwardRan,
    Edited,
    Entry,
    Event,
    GradsReduced,
    GradsRescaled,
    GradsZeroed,
    ParameterSeen,
    Reading,
    StepTaken,
)


@dataclass(eq=False, slots=True)
class AccountState:
    """Both accounts of one tensor as they are now, and what was last written of the tensor.

    It is the same object for as long as it is the same tensor, whatever the tensor is called.
    """

    seen: ParameterSeen
    grad: Reading | None
    value: Reading | None

    def copy(self) -> AccountState:
        """Return the state as it is now, which no later event changes."""
        return AccountState(self.seen, self.grad, self.value)


class AccountChange(NamedTuple):
    """What an event wrote into one account; `was` is what stood there before.

    `entry` is what the event says of it: None for a gradient that a step only read, and where
    another tensor took the place of the one before. `beside` is what stood in the other account.
    """

    state: AccountState
    account: Account
    was: Reading | None
    entry: Entry | None
    beside: Reading | None


class ColumnChange(NamedTuple):
    """The same of one account of many tensors; `entries` is None where a step only read."""

    states: Sequence[AccountState]
    account: Account
    was: Readings
    entries: EntryColumns | None
    beside: Readings


class Changes(Sequence[AccountChange]):
    """What an event wrote into accounts: one change a tensor, made when they are gone through."""

    def __init__(self, *columns: ColumnChange) -> None:
        self.columns = columns
        self._made: list[AccountChange] | None = None

    @overload
    def __getitem__(self, place: int) -> AccountChange: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[AccountChange]: ...

    def __getitem__(self, place: int | slice) -> AccountChange | Sequence[AccountChange]:
        return self._make()[place]

    def __len__(self) -> int:
        return sum(len(each.states) for each in self.columns)

    def __iter__(self) -> Iterator[AccountChange]:
        return iter(self._make())

    def _make(self) -> list[AccountChange]:
        if self._made is None:
            self._made = [
                _make(AccountChange, (state, each.account, was, entry, beside))
                for each in self.columns
                for state, was, entry, beside in zip(
                    each.states,
                    each.was,
                    repeat(None) if each.entries is None else each.entries.values(),
                    each.beside,
                    strict=False,
                )
            ]
        return self._made


def states_of(changes: Sequence[AccountChange]) -> set[AccountState]:
    """Return the tensors that were changed."""
    if isinstance(changes, Changes):
        return set(chain.from_iterable(each.states for each in changes.columns))
    return {change.state for change in changes}


Written = tuple[AccountState, Reading | None, Reading | None, Reading | None]


def written_by(changes: Sequence[AccountChange]) -> Iterable[Written]:
    """Return of each entry the tensor, and the readings before, after and of the change."""
    if isinstance(changes, Changes):
        return chain.from_iterable(
            zip(each.states, found.before, found.after, found.delta, strict=True)
            for each in changes.columns
            if (found := each.entries) is not None
        )
    return (
        (state, entry.before, entry.after, entry.delta)
        for state, _, _, entry, _ in changes
        if entry is not None
    )


_make = tuple.__new__  # half of what the class's own constructor takes, for every entry of a run


_MOST = 16  # lists of tensors that are remembered: those of a loop's calls


class Accounts:
    """The accounts of all tensors by name, in the order in which they came into view.

    >>> for event in events:
    ...     changes = accounts.take(event)
    """

    def __init__(self) -> None:
        self.of: dict[str, AccountState] = {}
        self._displaced: dict[str, AccountState] = {}
        self._states: dict[tuple[str, ...], list[AccountState] | None] = {}

    def take(self, event: Event) -> Sequence[AccountChange]:
        """Enter one event; return what it changed, in order. What was never seen has no account."""
        if isinstance(event, ParameterSeen):
            self._states.clear()
            return self._see(event)
        if self._displaced:
            self._displaced.clear()
        match event:
            case BackwardRan() | GradsZeroed() | GradsRescaled() | GradsReduced():
                return self._write_grads(event.grads)
            case StepTaken():
                as_columns = isinstance(event.values, EntryColumns)
                read = self._read_grads(event.grads, as_columns=as_columns)
                return _join(read, self._write_values(event.values))
            case Edited(account="grad"):
                return self._write_grads(event.entries)
            case Edited():
                return self._write_values(event.entries)
        return []

    def restore(self, seen: ParameterSeen, grad: Reading | None, value: Reading | None) -> None:
        """Put an account back as it was when it was kept."""
        self._states.clear()
        self.of[seen.name] = AccountState(seen, grad, value)

    def copy(self) -> Accounts:
        """Return the same accounts, to go on from."""
        twin = Accounts()
        twin.of = {name: state.copy() for name, state in self.of.items()}
        twin._displaced = {name: state.copy() for name, state in self._displaced.items()}
        return twin

    def _see(self, event: ParameterSeen) -> list[AccountChange]:
        state = self._find(event)
        if state is None:
            self.of[event.name] = AccountState(event, None, event.value)
            return []
        is_other = event.kind == "input" or state.seen.shape != event.shape
        is_other = is_other or not _is_alike(state.value, event.value)
        state.seen = event
        if not is_other:
            return []
        changes = [
            AccountChange(state, "grad", state.grad, None, state.value),
            AccountChange(state, "value", state.value, None, state.grad),
        ]
        state.grad, state.value = None, event.value
        return changes

    def _find(self, event: ParameterSeen) -> AccountState | None:
        """Return the tensor's account under the name that it has from here on.

        Tensors that are written of in a row change their names at once, so two may swap theirs:
        whose name was taken is looked for among the displaced. Who does not turn up there is gone.
        """
        if event.formerly in ("", event.name):
            return self.of.get(event.name)
        holder = self.of.pop(event.name, None)
        state = self._displaced.pop(event.formerly, None) or self.of.pop(event.formerly, None)
        if holder is not None:
            self._displaced[event.name] = holder
        if state is not None:
            self.of[event.name] = state
        return state

    def _write_grads(self, entries: Mapping[str, Entry]) -> Sequence[AccountChange]:
        if isinstance(entries, EntryColumns) and (states := self._find_all(entries.names)):
            was = [each.grad for each in states]
            for each, reading in zip(states, entries.after, strict=True):
                each.grad = reading
            beside = [each.value for each in states]
            return Changes(ColumnChange(states, "grad", was, entries, beside))
        changes, of = [], self.of
        for name, entry in entries.items():
            state = of.get(name)
            if state is not None:
                change = (state, "grad", state.grad, entry, state.value)
                changes.append(_make(AccountChange, change))
                state.grad = entry.after
        return changes

    def _write_values(self, entries: Mapping[str, Entry]) -> Sequence[AccountChange]:
        if isinstance(entries, EntryColumns) and (states := self._find_all(entries.names)):
            was = [each.value for each in states]
            for each, reading in zip(states, entries.after, strict=True):
                each.value = reading
            beside = [each.grad for each in states]
            return Changes(ColumnChange(states, "value", was, entries, beside))
        changes, of = [], self.of
        for name, entry in entries.items():
            state = of.get(name)
            if state is not None:
                change = (state, "value", state.value, entry, state.grad)
                changes.append(_make(AccountChange, change))
                state.value = entry.after
        return changes

    def _read_grads(
        self, grads: Mapping[str, Reading | None], *, as_columns: bool
    ) -> Sequence[AccountChange]:
        """A step reads gradients as it finds them, which the accounts may not have known."""
        if as_columns and (states := self._find_all(tuple(grads))):
            was = [each.grad for each in states]
            for each, reading in zip(states, grads.values(), strict=True):
                each.grad = reading
            beside = [each.value for each in states]
            return Changes(ColumnChange(states, "grad", was, None, beside))
        changes, of = [], self.of
        for name, grad in grads.items():
            state = of.get(name)
            if state is not None:
                change = (state, "grad", state.grad, None, state.value)
                changes.append(_make(AccountChange, change))
                state.grad = grad
        return changes

    def _find_all(self, names: tuple[str, ...]) -> list[AccountState] | None:
        """Return the tensors of these names; None unless each has an account."""
        if names not in self._states:
            found = [state for name in names if (state := self.of.get(name)) is not None]
            if len(self._states) > _MOST:
                self._states.clear()
            self._states[names] = found if len(found) == len(names) else None
        return self._states[names]


def _join(*parts: Sequence[AccountChange]) -> Sequence[AccountChange]:
    columns: list[ColumnChange] = []
    for part in parts:
        if not isinstance(part, Changes):
            return [change for some in parts for change in some]
        columns += part.columns
    return Changes(*columns)


def _is_alike(known: Reading | None, told: Reading | None) -> bool:
    """Whether a value may be the one that is known, as far as everything keeps of it tells.

    As text, for NaN is not equal to itself; another value is another tensor's of the same name.
    """
    if known is None or told is None:
        return True
    return repr((known.norm, known.zeros, known.nonfinite)) == repr(
        (told.norm, told.zeros, told.nonfinite)
    )
