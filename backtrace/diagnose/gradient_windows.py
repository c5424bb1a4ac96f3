"""Cuts a run into windows: what happened to the gradients of one optimizer from step to step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    GradsZeroed,
    Reading,
    StepBegan,
    StepSkipped,
    StepTaken,
)
from backtrace.ledger.facts import OptimizerSeen, StepsPassed


@dataclass(frozen=True, slots=True)
class Window:
    """What happened after one step of an optimizer, up to and with its next.

    `number` is that of the update it ends, counted by this optimizer's own steps, from 1.
    `is_first` when nothing was stepped before it, by an optimizer over the same tensors either.
    `step` is None for what follows the last step. `before` is the window that ended right where
    this one begins, None at the beginning and after steps that were not read.
    """

    optimizer: str
    number: int
    events: Sequence[Event]
    own: frozenset[str]
    step: StepTaken | None
    before: Window | None
    is_first: bool

    @property
    def update_before(self) -> str:
        """The update that `before` ended, in words."""
        if self.before is None:
            return "the update before"
        other = self.before.optimizer
        return f"update {self.before.number}" + (f" of {other}" if other != self.optimizer else "")

    @property
    def in_step(self) -> Sequence[Event]:
        """The events between the beginning of `step` and its end: what a closure did."""
        for place, event in enumerate(self.events):
            if isinstance(event, StepBegan) and event.optimizer == self.optimizer:
                return self.events[place + 1 :]
        return ()

    @property
    def has_closure(self) -> bool:
        """Whether a backward ran inside of the step."""
        return any(isinstance(event, BackwardRan) for event in self.in_step)

    def reached(self, backward: BackwardRan) -> set[str]:
        """Return which of this optimizer's tensors a backward gave something."""
        return {n for n, e in backward.grads.items() if n in self.own and is_something(e.delta)}

    @property
    def backwards(self) -> list[BackwardRan]:
        """The backwards that gave this optimizer's tensors something, cleared or not."""
        found = (event for event in self.events if isinstance(event, BackwardRan))
        return [event for event in found if self.reached(event)]

    @property
    def counted(self) -> list[BackwardRan]:
        """The backwards of which something was left when the step read the gradients."""
        alive: list[tuple[BackwardRan, set[str]]] = []
        for event in self.events:
            if isinstance(event, BackwardRan):
                alive.append((event, self.reached(event)))
            else:
                gone = cleared_by(event)
                if gone:
                    alive = [(backward, names - gone) for backward, names in alive]
        return [backward for backward, names in alive if names]


def is_something(reading: Reading | None) -> bool:
    """Whether a gradient is there and not all zeros."""
    return reading is not None and (reading.norm > 0 or reading.nonfinite > 0)


def cleared_by(event: Event) -> set[str]:
    """Return the tensors whose gradient is None or zeros after `event`, by whichever hand."""
    if isinstance(event, GradsZeroed):
        entries = event.grads
    elif isinstance(event, Edited) and event.account == "grad":
        entries = event.entries
    else:
        return set()
    return {name for name, entry in entries.items() if not is_something(entry.after)}


def finished(windows: Sequence[Window]) -> Iterator[tuple[Window, StepTaken]]:
    """Go through the windows that end with a step, each with it."""
    return ((window, window.step) for window in windows if window.step is not None)


MOST_OPTIMIZERS = 16  # beyond which windows would cost more than they tell: one a parameter, say

_known: WeakKeyDictionary[Stretch, dict[str, list[Window]]] = WeakKeyDictionary()


def find_windows(run: Stretch) -> dict[str, list[Window]]:
    """Return every optimizer's windows, the unfinished one included, in order.

    Of a great many optimizers, only the first `MOST_OPTIMIZERS` are cut into windows.
    An optimizer that is made anew over the same tensors goes on where the one before it was: it
    is found under the name of the first.
    """
    if run not in _known:
        _known[run] = _cut(run)
    return _known[run]


def _cut(run: Stretch) -> dict[str, list[Window]]:
    cutter = _Cutter(run)
    for place, event in enumerate(run.events):
        cutter.take(place, event)
    return cutter.finish()


class _Cutter:
    """Cuts a stretch where steps end, going through its events once for all optimizers."""

    def __init__(self, run: Stretch) -> None:
        self._run = run
        self._found: dict[str, list[Window]] = {}
        self._starts: dict[str, int] = {}
        self._counts: dict[str, int] = {}  # of the steps of a line, and below of an optimizer
        self._numbers = dict(run.passed)
        self._born: dict[str, int] = {}
        self._skipped: set[str] = set()
        self._last_step = 0  # where any optimizer's last step ended: a new one's window begins
        self._lines = _Lines()

    def take(self, place: int, event: Event) -> None:
        """Take the next event."""
        if isinstance(event, OptimizerSeen):
            self._born.setdefault(event.optimizer, self._last_step)
        elif isinstance(event, StepsPassed):
            line = self._lines.find(event.optimizer)
            self._count(line, event.optimizer, event.count)
            self._begin_anew(line, place)
        elif isinstance(event, StepSkipped):  # a GradScaler's: these gradients were done with
            self._begin_anew(self._lines.find(event.optimizer), place)
        elif isinstance(event, StepTaken):
            self._end_window(place, event)

    def finish(self) -> dict[str, list[Window]]:
        """Return all windows, the last of each being what follows its last step."""
        for line, past in self._found.items():
            if rest := self._run.events[self._starts[line] :]:
                last = past[-1]
                after = Window(
                    last.optimizer, last.number + 1, rest, last.own, None, last, is_first=False
                )
                past.append(after)
        return self._found

    def _count(self, line: str, optimizer: str, steps: int) -> None:
        self._counts[line] = self._counts.get(line, self._run.passed.get(line, 0)) + steps
        self._numbers[optimizer] = self._numbers.get(optimizer, 0) + steps

    def _begin_anew(self, line: str, place: int) -> None:
        self._skipped.add(line)
        self._starts[line] = place + 1

    def _end_window(self, place: int, step: StepTaken) -> None:
        own = frozenset(step.values)
        line = self._lines.find(step.optimizer, own)
        self._count(line, step.optimizer, 1)
        self._last_step = place + 1
        if line not in self._found and len(self._found) == MOST_OPTIMIZERS:
            return
        past = self._found.setdefault(line, [])
        before = past[-1] if past and line not in self._skipped else None
        self._skipped.discard(line)
        start = self._starts.get(line, self._born.get(step.optimizer, 0))
        events = self._run.events[start : place + 1]
        number, is_first = self._numbers[step.optimizer], self._counts[line] == 1
        past.append(Window(step.optimizer, number, events, own, step, before, is_first))
        self._starts[line] = place + 1


class _Lines:
    """Which optimizers follow one another over the same tensors."""

    def __init__(self) -> None:
        self._by_optimizer: dict[str, str] = {}
        self._by_names: dict[frozenset[str], str] = {}

    def find(self, optimizer: str, names: frozenset[str] | None = None) -> str:
        line = self._by_optimizer.get(optimizer)
        if line is None:
            line = optimizer if names is None else self._by_names.get(names, optimizer)
            self._by_optimizer[optimizer] = line
        if names is not None:
            self._by_names[names] = line
        return line
