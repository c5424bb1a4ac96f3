"""What happened since the oldest open update began: entered once, for all that are open."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from backtrace.ledger.accounts import AccountChange, Accounts, AccountState
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
from backtrace.ledger.updates import Call, Given

_UNLISTED = (BackwardFailed, SchedulerStepped)  # calls that are no part of an update's books
_FEW = 64  # entries that nobody asks for any more, and are not worth looking for


@dataclass(frozen=True, slots=True)
class CalledName:
    """What an optimizer is called, for updates that saw its step begin."""

    optimizer: str
    written: str
    place: int

    def since(self, first: int) -> str:
        """Return the user's name for it, or its own where that is not known."""
        return self.written if self.written and self.place >= first else self.optimizer


@dataclass(slots=True)
class Listed:
    """A call in the order of calls; None where a step only begins. `depth` is of open steps."""

    place: int
    call: Call | None
    depth: int
    stepped: CalledName | None = None  # the optimizer that stepped
    reached: set[AccountState] | None = None  # what a clearing reached
    index: int = -1  # of a clearing's event
    other: Call | None = None  # the same call as updates of other optimizers name it

    def named(self, name: str) -> Call | None:
        """Return the call under another name: the same object to all that name it alike."""
        if self.call is not None and (self.other is None or self.other.name != name):
            self.other = replace(self.call, name=name)
        return self.other


@dataclass(slots=True)
class BackwardFound:
    """A backward that was seen: what it started from, and which tensors it reached."""

    place: int
    index: int
    loss: float | None
    terms: tuple[int, Mapping[str, float]]
    reached: set[AccountState]
    losses: list[tuple[int, LossCalled]]  # since the backward before, with their places
    given: list[tuple[int, Given]]
    split: Split | None
    has_split: bool


@dataclass(slots=True)
class Note:
    """What a reader must know, about an optimizer where it names one."""

    place: int
    text: str
    called: CalledName | None = None


@dataclass(slots=True)
class OpenBooks:
    """The calls, and the rows of all tensors, for every update that is open.

    Updates differ in where they begin alone. A row is shared by those that began between the same
    two entries of its tensor, so that it is written once however many optimizers there are.
    Each event is entered into `accounts` first, and then here with what it changed there.
    """

    accounts: Accounts
    place: int = 0  # the next event's
    listed: list[Listed] = field(default_factory=list)
    backwards: list[BackwardFound] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    touched: dict[AccountState, int] = field(default_factory=dict)  # by a backward or an edit
    _names: dict[str, CalledName] = field(default_factory=dict)
    _rows: dict[AccountState, list[DraftRow]] = field(default_factory=dict)
    _firsts: list[int] = field(default_factory=lambda: [0])  # where open updates begin, in order
    _pending: tuple[int, Mapping[str, float]] = (0, {})
    _losses: list[tuple[int, LossCalled]] = field(default_factory=list)
    _given: list[tuple[int, Given]] = field(default_factory=list)
    _next_sweep: int = _FEW

    def take(self, event: Event, changes: Sequence[AccountChange]) -> None:
        """Enter one event, with what it changed in the accounts."""
        self._list(event, changes)
        match event:
            case ParameterSeen():
                for change in changes:  # the row begins anew, with another tensor
                    self._rows.pop(change.state, None)
            case GradsZeroed() | GradsRescaled() | GradsReduced():
                self._enter_grads(event, changes)
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
            case StepSkipped():
                text = f".step was skipped: {event.reason}"
                self.notes.append(Note(self.place, text, self.called(event.optimizer)))
            case Unseen() | Steered():
                self.notes.append(Note(self.place, _told(event)))
        self.place += 1

    def called(self, optimizer: str) -> CalledName:
        """Return what an optimizer is called."""
        return self._names.get(optimizer) or CalledName(optimizer, "", -1)

    def row_since(self, state: AccountState, first: int) -> DraftRow:
        """Return the row of a tensor in an update that began at the place `first`."""
        for row in self._rows.get(state, ()):
            if row.begun >= first:
                return row
        return DraftRow(state.grad, state.value)

    def keep_since(self, firsts: list[int]) -> None:
        """Let go of what no open update needs; `firsts` are where these begin, in order."""
        self._firsts = firsts
        oldest = firsts[0]
        if oldest >= self.place:
            self.listed, self.backwards, self.notes = [], [], []
            self.touched, self._names, self._rows = {}, {}, {}
            self._losses, self._given = [], []
        elif len(self.listed) > self._next_sweep:
            self._sweep(oldest)
            self._next_sweep = 2 * len(self.listed) + _FEW

    def _sweep(self, oldest: int) -> None:
        self.listed = [each for each in self.listed if each.place >= oldest]
        self.backwards = [each for each in self.backwards if each.place >= oldest]
        self.notes = [each for each in self.notes if each.place >= oldest]
        self.touched = {state: at for state, at in self.touched.items() if at >= oldest}
        self._names = {name: each for name, each in self._names.items() if each.place >= oldest}
        rows = {state: self._needed(found) for state, found in self._rows.items()}
        self._rows = {state: found for state, found in rows.items() if found}

    def _needed(self, rows: list[DraftRow]) -> list[DraftRow]:
        """Return the rows that an open update is to show: one that began since the row before."""
        kept, before = [], -1
        for row in rows:
            at = bisect_right(self._firsts, before)
            if at < len(self._firsts) and self._firsts[at] <= row.begun:
                kept.append(row)
            before = row.begun
        return kept

    def _list(self, event: Event, changes: Sequence[AccountChange]) -> None:
        """List an event among the calls, if it is one."""
        if isinstance(event, StepBegan):
            self._names[event.optimizer] = CalledName(event.optimizer, event.written, self.place)
            self.listed.append(Listed(self.place, None, 1))
            return
        ends = isinstance(event, StepTaken) or (isinstance(event, StepSkipped) and event.had_begun)
        call = None if isinstance(event, _UNLISTED) else call_of(event)
        if call is None:
            return
        listed = Listed(self.place, call, -1 if ends else 0)
        if isinstance(event, StepTaken):
            listed.stepped = self.called(event.optimizer)
        elif isinstance(event, GradsZeroed):
            listed.reached, listed.index = {change.state for change in changes}, event.index
        self.listed.append(listed)

    def _row(self, change: AccountChange) -> list[DraftRow]:
        """Return the rows of the tensor that was changed; begun with what was there before."""
        state, account, was, _ = change
        rows = self._rows.get(state)
        if rows is not None and rows[-1].begun >= self._firsts[-1]:
            return rows
        row = DraftRow(was, state.value) if account == "grad" else DraftRow(state.grad, was)
        row.begun = self.place
        self._rows[state] = rows = [row] if rows is None else [*self._needed(rows), row]
        return rows

    def _enter_grads(self, event: Event, changes: Sequence[AccountChange]) -> None:
        """Enter a clearing; of other calls a row tells by where its gradient began and ended."""
        for change in changes:
            for row in self._row(change):
                if isinstance(event, GradsZeroed):
                    row.clear(change.state.grad)

    def _take_loss(self, event: LossComputed | LossCalled | OutputSeen) -> None:
        """Keep what the next backward is of."""
        if isinstance(event, LossComputed):
            self._pending = self.place, event.terms
        elif isinstance(event, LossCalled):
            self._losses.append((self.place, event))
        elif event.output is not None:
            told = event.module, event.type, event.place, event.is_model
            self._given.append((self.place, Given(*told, event.output)))

    def _backward(self, event: BackwardRan, changes: Sequence[AccountChange]) -> None:
        reached = {change.state for change in changes}
        split = event.splits.get("")
        self.backwards.append(
            BackwardFound(
                self.place, event.index, event.loss, self._pending, reached, self._losses,
                self._given, split, "" in event.splits,
            )
        )  # fmt: skip
        self._pending, self._losses, self._given = (0, {}), [], []
        self.touched.update(dict.fromkeys(reached, self.place))
        for change in changes:
            if change.entry is not None:
                for row in self._row(change):
                    row.add(event, change.state.seen.name, change.entry)
        for term, parts in event.terms.items():
            for name, part in parts.items():
                state = self.accounts.of.get(name)
                for row in self._rows.get(state, ()) if state else ():
                    row.add_term(event, term, part)

    def _edit(self, event: Edited, changes: Sequence[AccountChange]) -> None:
        for change in changes:
            for row in self._row(change):
                if is_cleared_by(event) and change.state.grad is None:
                    row.clear(None)
            self.touched[change.state] = self.place
        if event.entries:  # those that are not kept are not told of
            self.notes.append(Note(self.place, edited_how(event, _some(event.entries))))

    def _load(self, event: StateLoaded) -> None:
        """Call the edit that was just found what it was: the values that this load changed."""
        last = next(self._listed_last(), None)
        call = None if last is None else last.call
        if last is not None and call is not None and (call.name, call.where) == (
            "edit", event.where,
        ):  # fmt: skip
            last.call = replace(call, name="load_state_dict", detail=event.target)
            if self.notes and self.notes[-1].place >= last.place:
                note = self.notes[-1]
                note.text = note.text.replace(OUTSIDE, f"loaded at {event.where}")

    def _listed_last(self) -> Iterator[Listed]:
        return (each for each in reversed(self.listed) if each.call is not None)

    def _step(self, event: StepTaken, changes: Sequence[AccountChange]) -> None:
        for change in changes:
            for row in self._row(change):
                if change.entry is not None:
                    row.move(event, change.state.seen.name, change.entry)


def first_since(found: Sequence[Listed | BackwardFound | Note], first: int) -> int:
    """Return the position of the first that happened at the place `first` or later."""
    return bisect_left(found, first, key=lambda each: each.place)


def _some(names: Iterable[str], most: int = 3) -> str:
    found = list(names)
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + rest


def _told(event: Unseen | Steered) -> str:
    if isinstance(event, Unseen):
        return f"not recorded: {event.what} ({event.reason})"
    return f"experiment {event.experiment}: {event.did}"
