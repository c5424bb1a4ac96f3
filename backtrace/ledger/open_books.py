"""What happened since the oldest open update began: entered once, for all that are open."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from backtrace.ledger.accounts import AccountChange, Accounts, AccountState, states_of
from backtrace.ledger.calls import OUTSIDE, call_of, edited_how
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    GradsZeroed,
    LossComputed,
    Split,
    StepBegan,
    StepSkipped,
    StepTaken,
    Unseen,
)
from backtrace.ledger.experiment_facts import Steered
from backtrace.ledger.facts import BackwardFailed, SchedulerStepped
from backtrace.ledger.layer_facts import OutputSeen
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.open_rows import OpenRows
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


@dataclass
class OpenBooks:
    """The calls, and the rows of all tensors, for every update that is open.

    Each event is entered into `accounts` first, and then here with what it changed there.
    """

    accounts: Accounts
    place: int = 0  # the next event's
    listed: list[Listed] = field(default_factory=list)
    backwards: list[BackwardFound] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    touched: dict[AccountState, int] = field(default_factory=dict)  # by a backward or an edit
    _names: dict[str, CalledName] = field(default_factory=dict)
    _pending: tuple[int, Mapping[str, float]] = (0, {})
    _losses: list[tuple[int, LossCalled]] = field(default_factory=list)
    _given: list[tuple[int, Given]] = field(default_factory=list)
    _next_sweep: int = _FEW

    def __post_init__(self) -> None:
        self.rows = OpenRows(self.accounts, [0])

    def take(self, event: Event, changes: Sequence[AccountChange]) -> None:
        """Enter one event, with what it changed in the accounts."""
        self._list(event, changes)
        self.rows.take(self.place, event, changes)
        match event:
            case LossComputed() | LossCalled() | OutputSeen():
                self._take_loss(event)
            case BackwardRan():
                self._backward(event, changes)
            case Edited():
                self._edit(event, changes)
            case StateLoaded(is_edit=True):
                self._load(event)
            case StepSkipped():
                text = f".step was skipped: {event.reason}"
                if event.had_begun:
                    text = ".step did not come to its end: it raised an exception"
                self.notes.append(Note(self.place, text, self.called(event.optimizer)))
            case Unseen() | Steered():
                self.notes.append(Note(self.place, _told(event)))
        self.place += 1

    def called(self, optimizer: str) -> CalledName:
        """Return what an optimizer is called."""
        return self._names.get(optimizer) or CalledName(optimizer, "", -1)

    def keep_since(self, firsts: list[int]) -> None:
        """Let go of what no open update needs; `firsts` are where these begin, in order."""
        oldest = firsts[0]
        if oldest >= self.place:
            self.listed, self.backwards, self.notes = [], [], []
            self.touched, self._names, self._losses, self._given = {}, {}, [], []
            self.rows = OpenRows(self.accounts, firsts)
            return
        self.rows.keep_since(firsts)
        if len(self.listed) > self._next_sweep:
            self._sweep(oldest)
            self._next_sweep = 2 * len(self.listed) + _FEW

    def _sweep(self, oldest: int) -> None:
        self.listed = [each for each in self.listed if each.place >= oldest]
        self.backwards = [each for each in self.backwards if each.place >= oldest]
        self.notes = [each for each in self.notes if each.place >= oldest]
        self.touched = {state: at for state, at in self.touched.items() if at >= oldest}
        self._names = {name: each for name, each in self._names.items() if each.place >= oldest}
        self.rows.sweep()

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
            listed.reached, listed.index = states_of(changes), event.index
        self.listed.append(listed)

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
        reached = states_of(changes)
        split = event.splits.get("")
        self.backwards.append(
            BackwardFound(
                self.place, event.index, event.loss, self._pending, reached, self._losses,
                self._given, split, "" in event.splits,
            )
        )  # fmt: skip
        self._pending, self._losses, self._given = (0, {}), [], []
        self.touched.update(dict.fromkeys(reached, self.place))

    def _edit(self, event: Edited, changes: Sequence[AccountChange]) -> None:
        for change in changes:
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
