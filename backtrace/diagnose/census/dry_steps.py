"""Counts the steps before which nothing was computed, as where a schedule is looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from backtrace.ledger.events import BackwardRan, Event, ForwardRan, StepTaken
from backtrace.ledger.facts import SchedulerStepped, StepsPassed
from backtrace.ledger.loss_facts import LossCalled

_FEW = 0.1  # of the steps of optimizers that have one name
_MOST = 1000  # optimizers


@dataclass(slots=True)
class DryBook:
    """The steps of each optimizer, and those that had something computed since the step before.

    The first of each is not counted among these. `_since` is the optimizer of the step before,
    as long as nothing was computed since; '' where something was, and None where that is unknown.
    """

    steps: Counter[str] = field(default_factory=Counter)
    computing: Counter[str] = field(default_factory=Counter)
    moved: set[str] = field(default_factory=set)
    _rates: dict[str, tuple[float, ...]] = field(default_factory=dict)
    _since: str | None = None

    def take(self, event: Event) -> None:
        """Count one event."""
        match event:
            case ForwardRan() | LossCalled() | BackwardRan():
                self._since = ""
            case StepsPassed():
                self._since = None
            case SchedulerStepped() if len(self.moved) < _MOST:
                self.moved.add(event.optimizer)
            case StepTaken() if event.optimizer in self.steps or len(self.steps) < _MOST:
                self._step(event)

    def _step(self, event: StepTaken) -> None:
        name = event.optimizer
        if name in self.steps and self._since == "":
            self.computing[name] += 1
        if self._rates.setdefault(name, event.lr) != event.lr:
            self.moved.add(name)
        self.steps[name] += 1
        self._since = name

    def schedules(self) -> frozenset[str]:
        """Return the optimizers that step so that their rates move, and nothing else is done."""
        return frozenset(
            name
            for name, steps in self.steps.items()
            if steps > 1 and name in self.moved and self.computing[name] <= _FEW * steps
        )
