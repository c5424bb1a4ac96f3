"""What an event does to the accounts of tensors: said here, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

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


_make = tuple.__new__  # half of what the class's own constructor takes, for every entry of a run


class Accounts:
    """The accounts of all tensors by name, in the order in which they came into view.

    >>> for event in events:
    ...     changes = accounts.take(event)
    """

    def __init__(self) -> None:
        self.of: dict[str, AccountState] = {}
        self._displaced: dict[str, AccountState] = {}

    def take(self, event: Event) -> list[AccountChange]:
        """Enter one event; return what it changed, in order. What was never seen has no account."""
        if isinstance(event, ParameterSeen):
            return self._see(event)
        if self._displaced:
            self._displaced.clear()
        match event:
            case BackwardRan() | GradsZeroed() | GradsRescaled() | GradsReduced():
                return self._write_grads(event.grads)
            case StepTaken():
                return [*self._read_grads(event.grads), *self._write_values(event.values)]
            case Edited(account="grad"):
                return self._write_grads(event.entries)
            case Edited():
                return self._write_values(event.entries)
        return []

    def restore(self, seen: ParameterSeen, grad: Reading | None, value: Reading | None) -> None:
        """Put an account back as it was when it was kept."""
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

    def _write_grads(self, entries: Mapping[str, Entry]) -> list[AccountChange]:
        changes, of = [], self.of
        for name, entry in entries.items():
            state = of.get(name)
            if state is not None:
                change = (state, "grad", state.grad, entry, state.value)
                changes.append(_make(AccountChange, change))
                state.grad = entry.after
        return changes

    def _write_values(self, entries: Mapping[str, Entry]) -> list[AccountChange]:
        changes, of = [], self.of
        for name, entry in entries.items():
            state = of.get(name)
            if state is not None:
                change = (state, "value", state.value, entry, state.grad)
                changes.append(_make(AccountChange, change))
                state.value = entry.after
        return changes

    def _read_grads(self, grads: Mapping[str, Reading | None]) -> list[AccountChange]:
        """A step reads gradients as it finds them, which the accounts may not have known."""
        changes, of = [], self.of
        for name, grad in grads.items():
            state = of.get(name)
            if state is not None:
                change = (state, "grad", state.grad, None, state.value)
                changes.append(_make(AccountChange, change))
                state.grad = grad
        return changes


def _is_alike(known: Reading | None, told: Reading | None) -> bool:
    """Whether a value may be the one that is known, as far as everything keeps of it tells.

    As text, for NaN is not equal to itself; another value is another tensor's of the same name.
    """
    if known is None or told is None:
        return True
    return repr((known.norm, known.zeros, known.nonfinite)) == repr(
        (told.norm, told.zeros, told.nonfinite)
    )
