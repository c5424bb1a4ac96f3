"""One open update: everything since an optimizer's last step, on the accounts of all tensors."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from backtrace.ledger.accounts import AccountChange, Accounts, AccountState
from backtrace.ledger.books import add_up
from backtrace.ledger.calls import OUTSIDE, call_of, edited_how, is_cleared_by
from backtrace.ledger.draft_row import DraftRow
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    GradsReduced,
    GradsRescaled,
    GradsZeroed,
    LossComputed,
    ParameterSeen,
    Split,
    StepBegan,
    StepSkipped,
    StepTaken,
    Unseen,
)
from backtrace.ledger.facts import BackwardFailed, SchedulerStepped, Steered
from backtrace.ledger.layer_facts import OutputSeen
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.state_facts import StateLoaded
from backtrace.ledger.updates import Call, Given, Row, Scored, Update

_UNLISTED = (BackwardFailed, SchedulerStepped)  # calls that are no part of an update's books
_EDITS = ("edit", "load_state_dict")


@dataclass(frozen=True, slots=True)
class _Backward:
    """A backward that was seen: what it started from, and which tensors it reached."""

    loss: float | None
    terms: Mapping[str, float]
    reached: set[AccountState]
    scored: tuple[Scored, ...]
    given: tuple[Given, ...]


class OpenUpdate:
    """The open update of one optimizer: everything since its last step.

    Which calls were this optimizer's own is only known when it steps: then it shows what it moves.
    Each event is entered into `accounts` first, and then here with what it changed there.
    """

    def __init__(self, optimizer: str, accounts: Accounts) -> None:
        self.optimizer = optimizer
        self._accounts = accounts
        self._rows: dict[AccountState, DraftRow] = {}
        self._calls: list[Call] = []
        self._clears: list[tuple[int, int, set[AccountState]]] = []  # place in calls, event
        self._backwards: dict[int, _Backward] = {}
        self._pending: Mapping[str, float] = {}
        self._losses: list[LossCalled] = []  # since the backward before
        self._given: list[Given] = []
        self._notes: list[str] = []
        self._touched: set[AccountState] = set()
        self._split: Split | None = None
        self._step_depth = 0
        self._variables: dict[str, str] = {}  # what the user calls the optimizers that stepped

    def copy_for(self, optimizer: str) -> OpenUpdate:
        """Return another optimizer's update in which the same has happened so far."""
        twin = copy.copy(self)
        twin.optimizer = optimizer
        twin._rows = {state: row.copy() for state, row in self._rows.items()}
        twin._calls, twin._clears = [*self._calls], [*self._clears]
        twin._backwards, twin._notes = dict(self._backwards), [*self._notes]
        twin._losses, twin._given = [*self._losses], [*self._given]
        twin._touched = set(self._touched)
        twin._variables = dict(self._variables)
        return twin

    def has_entries(self) -> bool:
        """Whether there is something to show although no step was taken."""
        return bool(self._backwards) or any(call.name in _EDITS for call in self._calls)

    def take(self, event: Event, changes: Sequence[AccountChange]) -> None:
        """Enter one event, with what it changed in the accounts."""
        self._list(event)
        match event:
            case ParameterSeen():
                for change in changes:  # the row begins anew, with another tensor
                    self._rows.pop(change.state, None)
            case GradsZeroed():
                self._clear(event, changes)
            case LossComputed() | LossCalled() | OutputSeen():
                self._take_loss(event)
            case BackwardRan():
                self._backward(event, changes)
            case Edited():
                self._edit(event, changes)
            case StateLoaded(is_edit=True):
                self._load(event)
            case StepTaken():
                self._step(event, changes)
            case GradsRescaled() | GradsReduced():
                for change in changes:
                    self._row(change)
            case StepSkipped():
                called = self._called(event.optimizer)
                self._notes.append(f"{called}.step was skipped: {event.reason}")
            case Unseen() | Steered():
                self._notes.append(_told(event))

    def _list(self, event: Event) -> None:
        """List an event among the calls, if it is one."""
        if isinstance(event, StepBegan):
            self._step_depth += 1
            self._variables[event.optimizer] = event.written
        elif isinstance(event, StepTaken) or (isinstance(event, StepSkipped) and event.had_begun):
            self._step_depth = max(0, self._step_depth - 1)
        call = call_of(event, in_step=self._step_depth > 0)
        if call is None or isinstance(event, _UNLISTED):
            return
        if isinstance(event, StepTaken) and event.optimizer != self.optimizer:
            call = replace(call, name=f"{self._called(event.optimizer)}.step")
        self._calls.append(call)

    def _called(self, optimizer: str) -> str:
        """Return the user's name for an optimizer, or its own where that is not known."""
        return self._variables.get(optimizer) or optimizer

    def _row(self, change: AccountChange) -> DraftRow:
        """Return the row of the tensor that was changed; begun with what was there before."""
        state, account, was, _ = change
        row = self._rows.get(state)
        if row is None:
            row = DraftRow(was, state.value) if account == "grad" else DraftRow(state.grad, was)
            self._rows[state] = row
        return row

    def _clear(self, event: GradsZeroed, changes: Sequence[AccountChange]) -> None:
        reached = {change.state for change in changes}
        self._clears.append((len(self._calls) - 1, event.index, reached))
        for change in changes:
            self._row(change).clear(change.state.grad)

    def _take_loss(self, event: LossComputed | LossCalled | OutputSeen) -> None:
        """Keep what the next backward is of."""
        if isinstance(event, LossComputed):
            self._pending = event.terms
        elif isinstance(event, LossCalled):
            self._losses.append(event)
        elif event.output is not None:
            told = event.module, event.type, event.place, event.is_model
            self._given.append(Given(*told, event.output))

    def _backward(self, event: BackwardRan, changes: Sequence[AccountChange]) -> None:
        terms, self._pending = self._pending, {}
        reached = {change.state for change in changes}
        losses, self._losses = self._losses, []
        scored, given, self._given = _scored(losses), tuple(self._given), []
        self._backwards[event.index] = _Backward(event.loss, terms, reached, scored, given)
        self._touched |= reached
        for change in changes:
            if change.entry is not None:
                self._row(change).add(event, change.state.seen.name, change.entry)
        self._split = event.splits.get("", self._split)
        for term, parts in event.terms.items():
            for name, part in parts.items():
                row = self._rows.get(self._accounts.of[name]) if name in self._accounts.of else None
                if row is not None:
                    row.add_term(event, term, part)

    def _edit(self, event: Edited, changes: Sequence[AccountChange]) -> None:
        for change in changes:
            row = self._row(change)
            if is_cleared_by(event) and change.state.grad is None:
                row.clear(None)
            self._touched.add(change.state)
        if event.entries:  # those that are not kept are not told of
            self._notes.append(edited_how(event, _listed(event.entries)))

    def _load(self, event: StateLoaded) -> None:
        """Call the edit that was just found what it was: the values that this load changed."""
        last = self._calls[-1] if self._calls else None
        if last is not None and (last.name, last.where) == ("edit", event.where):
            self._calls[-1] = replace(last, name="load_state_dict", detail=event.target)
            if self._notes:
                self._notes[-1] = self._notes[-1].replace(OUTSIDE, f"loaded at {event.where}")

    def _step(self, event: StepTaken, changes: Sequence[AccountChange]) -> None:
        for change in changes:
            row = self._row(change)
            if change.entry is not None:
                row.move(event, change.state.seen.name, change.entry)

    def close(self, index: int, step: StepTaken | None, *, alone: bool) -> Update:
        """Return the finished update; `alone` when there is no other optimizer."""
        own = self._own(step)
        backwards = self._own_backwards(own)
        losses = [found.loss for found in backwards.values() if found.loss is not None]
        terms: dict[str, float] = {}
        for found in backwards.values():
            for name, value in found.terms.items():
                terms[name] = terms.get(name, 0.0) + value
        return Update(
            index=index,
            optimizer=self.optimizer,
            called=self._called(self.optimizer),
            type=step.type if step else "",
            lr=step.lr if step else (),
            loss=add_up(losses) if losses else None,
            terms=terms,
            calls=self._named_calls(own),
            rows=self._finish_rows(own, list(backwards), alone=alone),
            notes=tuple(dict.fromkeys(self._notes)),
            elapsed=step.elapsed if step else 0.0,
            is_complete=step is not None,
            split=self._split,
            scored=tuple(scored for found in backwards.values() for scored in found.scored),
            given=tuple(given for found in backwards.values() for given in found.given),
        )

    def _finish_rows(
        self, own: set[AccountState], backwards: Sequence[int], *, alone: bool
    ) -> dict[str, Row]:
        """Return the rows of the optimizer's tensors, and of those of none that it may concern."""
        cleared = self._cleared_backwards(own, backwards)
        found = {}
        for name, state in self._accounts.of.items():
            is_loose = state.seen.optimizer is None and (alone or state in self._touched)
            if state in own or is_loose:
                row = self._rows.get(state) or DraftRow(state.grad, state.value)
                found[name] = row.finish(state, backwards, cleared)
        return found

    def _own(self, step: StepTaken | None) -> set[AccountState]:
        """Return what this optimizer stepped; without a step, what it was given."""
        of = self._accounts.of
        if step is None:
            return {state for state in of.values() if state.seen.optimizer == self.optimizer}
        behind = (x for x in of.values() if x.seen.copy and x.seen.optimizer == step.optimizer)
        return {of[name] for name in step.values if name in of}.union(behind)

    def _own_backwards(self, own: set[AccountState]) -> dict[int, _Backward]:
        """Return the backwards since the last clearing that reached this optimizer's tensors."""
        cleared = (event for _, event, reached in self._clears if _concerns(reached, own))
        last = max(cleared, default=-1)
        return {
            event: found
            for event, found in self._backwards.items()
            if event > last and _concerns(found.reached, own)
        }

    def _cleared_backwards(self, own: set[AccountState], kept: Sequence[int]) -> list[int]:
        """Return the backwards of which nothing is left in the optimizer's gradients."""
        rows = [self._rows[state] for state in own if state in self._rows]
        found = {event for row in rows for event in row.cleared}
        return sorted(found.difference(kept))

    def _named_calls(self, own: set[AccountState]) -> tuple[Call, ...]:
        """Return the calls; clearing another's gradients is called as it was written."""
        calls = list(self._calls)
        for place, _, reached in self._clears:
            if not _concerns(reached, own):
                calls[place] = replace(calls[place], name=calls[place].detail)
        return tuple(calls)


def _concerns(reached: set[AccountState], own: set[AccountState]) -> bool:
    """Whether a call reached an optimizer's own tensors, or tensors that no optimizer has."""
    return (
        not reached
        or not own.isdisjoint(reached)
        or any(state.seen.optimizer is None for state in reached)
    )


def _scored(losses: Sequence[LossCalled]) -> tuple[Scored, ...]:
    """Return what was scored before a backward: by losses with a graph, where any has one."""
    with_graph = [loss for loss in losses if loss.input_from] or losses
    return tuple(
        Scored(loss.function, loss.output, loss.expected, loss.value)
        for loss in with_graph
        if loss.output is not None and loss.expected is not None
    )


def _listed(names: Iterable[str], most: int = 3) -> str:
    found = list(names)
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + rest


def _told(event: Unseen | Steered) -> str:
    if isinstance(event, Unseen):
        return f"not recorded: {event.what} ({event.reason})"
    return f"experiment {event.experiment}: {event.did}"
