"""Counts, over a whole run, the steps that went on from what an evaluation had been given."""

from __future__ import annotations

from dataclasses import dataclass, field

from backtrace.ledger.events import Edited, Event, ForwardRan, Reading, StepTaken
from backtrace.ledger.facts import StepsPassed
from backtrace.ledger.rank_facts import Copied
from backtrace.ledger.state_facts import LeftByStep, StateLoaded

_MOST = 1000
_TWICE = 2  # the second shows that it is no accident


@dataclass(slots=True)
class LeftValues:
    """What the steps of one optimizer found otherwise than the step before had left it.

    Of `steps` so many `times` most values were others after a model was evaluated, and `otherwise`
    times some were at another moment. `update` and `where` are those of the second of the former.
    """

    steps: int = 0
    times: int = 0
    otherwise: int = 0
    update: int = 0
    where: str = ""
    names: tuple[str, ...] = ()

    @property
    def is_left_from_evaluation(self) -> bool:
        """Whether they changed for evaluations alone, and did not change back."""
        return _TWICE <= self.times <= self.steps / 2 and not self.otherwise


@dataclass(slots=True)
class LeftBook:
    """The same for each optimizer; only steps that come after an edit are compared."""

    of: dict[str, LeftValues] = field(default_factory=dict)
    _last: dict[str, StepTaken] = field(default_factory=dict)
    _edits: dict[str, Edited] = field(default_factory=dict)
    _is_evaluated: bool = False

    def take(self, event: Event) -> None:
        """Enter one event."""
        match event:
            case ForwardRan(grad_enabled=False):
                self._is_evaluated = True
            case StateLoaded(kind="model"):
                self._is_evaluated = False
            case StateLoaded(given=0):
                self._last.pop(event.target, None)  # a training of its own begins
            case StepsPassed():
                self._last.pop(event.optimizer, None)
            case Copied() | LeftByStep():
                pass
            case Edited(account="value"):
                self._edits.update(dict.fromkeys(event.entries, event))
            case StepTaken():
                self._step(event)

    def _step(self, event: StepTaken) -> None:
        book = self.of.get(event.optimizer)
        if book is None:
            if len(self.of) >= _MOST:
                return
            book = self.of[event.optimizer] = LeftValues()
        book.steps += 1
        last = self._last.get(event.optimizer)
        if self._edits and last is not None:
            self._compare(book, last, event)
        if self._edits:
            self._edits = {n: edit for n, edit in self._edits.items() if n not in event.values}
        self._last[event.optimizer] = event
        self._is_evaluated = False

    def _compare(self, book: LeftValues, last: StepTaken, event: StepTaken) -> None:
        changed, is_masked = [], False
        for name in self._edits:
            before, now = last.values.get(name), event.values.get(name)
            if before is None or now is None or now.before == before.after:
                continue
            changed.append(name)
            is_masked |= _count_zeros(now.before) > _count_zeros(before.after)
        if changed and self._is_evaluated and not is_masked and _is_most(changed, event):
            book.times += 1
            if book.times == _TWICE:
                book.update, book.names = book.steps, tuple(changed)
                book.where = self._edits[changed[0]].where
        elif changed:
            book.otherwise += 1


def _count_zeros(value: Reading | None) -> int:
    return 0 if value is None else value.zeros


def _is_most(names: list[str], step: StepTaken) -> bool:
    return 2 * len(names) > len(step.values)
