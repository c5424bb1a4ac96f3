"""Cuts a stretch into the windows of each optimizer, in one pass for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backtrace.diagnose.windows import Window
from backtrace.ledger.events import Event, StepSkipped, StepTaken
from backtrace.ledger.facts import OptimizerSeen, StepsPassed

MOST_OPTIMIZERS = 16  # beyond which windows would cost more than they tell: one a parameter, say


def cut_by_optimizer(events: Sequence[Event], passed: Mapping[str, int]) -> dict[str, list[Window]]:
    """Return every optimizer's windows, the unfinished one included, in order.

    Of a great many optimizers, only the first `MOST_OPTIMIZERS` are cut into windows.
    An optimizer that is made anew over the same tensors goes on where the one before it was: it
    is found under the name of the first. Its window begins where any optimizer's last step before
    it was made ended; steps that were not read, or that a GradScaler left out, begin a new one.
    """
    cutter = _Cutter(events, passed)
    for place, event in enumerate(events):
        cutter.take(place, event)
    return cutter.finish()


class _Cutter:
    """Cuts a stretch where steps end, going through its events once for all optimizers."""

    def __init__(self, events: Sequence[Event], passed: Mapping[str, int]) -> None:
        self._events = events
        self._passed = passed
        self._found: dict[str, list[Window]] = {}
        self._starts: dict[str, int] = {}
        self._counts: dict[str, int] = {}  # of the steps of a line, and below of an optimizer
        self._numbers = dict(passed)
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
            if rest := self._events[self._starts[line] :]:
                last = past[-1]
                after = Window(last.number + 1, rest, None, last.optimizer, last.own, last)
                past.append(after)
        return self._found

    def _count(self, line: str, optimizer: str, steps: int) -> None:
        self._counts[line] = self._counts.get(line, self._passed.get(line, 0)) + steps
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
        events = self._events[start : place + 1]
        number, is_first = self._numbers[step.optimizer], self._counts[line] == 1
        past.append(Window(number, events, step, step.optimizer, own, before, is_first))
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
