"""Cuts a stretch into windows: what happened from the end of one step to the end of the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from backtrace.diagnose.gradients import cleared_by, filled_by, reached_by
from backtrace.ledger.events import BackwardRan, Event, ForwardRan, StepBegan, StepTaken
from backtrace.ledger.facts import StepsPassed

Kind = TypeVar("Kind", bound=Event)


@dataclass(frozen=True)
class Window:
    """What happened after one step, up to and with the next.

    A stretch is cut at every step there is, or at those of one optimizer and those that follow it
    over the same tensors: then `optimizer` and `own`, the tensors that it steps, say whose.

    Args:
        number: that of the update it ends, from 1: counted by the steps of its optimizer, or by
            all.
        events: all that happened in it, the step's end included.
        optimizer: whose steps cut, '' where every step does.
        own: the tensors that its steps move; where every step cuts, none are set apart.
        before: the window that ended right where this one begins; None at the beginning, after
            steps that were not read or not taken, and where every step cuts.
        is_first: whether nothing was stepped before it, by an optimizer over the same tensors
            either.
    """

    number: int
    events: Sequence[Event]
    step: StepTaken | None
    optimizer: str = ""
    own: frozenset[str] = frozenset()
    before: Window | None = None
    is_first: bool = False

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Return its events of one kind."""
        found = self._of.get(kind)
        if found is None:  # most rules ask for the same few
            found = self._of[kind] = [event for event in self.events if isinstance(event, kind)]
        return found

    @cached_property
    def _of(self) -> dict[type[Event], list[Any]]:
        return {}

    def reached_by(self, backward: BackwardRan) -> set[str]:
        """Return which of its own tensors a backward came to, be it with zeros."""
        return self._own(reached_by(backward))

    def filled_by(self, backward: BackwardRan) -> set[str]:
        """Return which of its own tensors a backward gave something other than zeros."""
        return self._own(filled_by(backward))

    def _own(self, names: set[str]) -> set[str]:
        return names & self.own if self.optimizer else names

    @property
    def update_before(self) -> str:
        """The update that `before` ended, in words."""
        if self.before is None:
            return "the update before"
        other = self.before.optimizer
        return f"update {self.before.number}" + (f" of {other}" if other != self.optimizer else "")

    @cached_property
    def forwards(self) -> list[ForwardRan]:
        """The calls of models whose result could be trained."""
        return [event for event in self.of(ForwardRan) if event.takes_grad]

    @cached_property
    def is_blind(self) -> bool:
        """Whether models were called, and all of them with gradients switched off."""
        forwards = self.of(ForwardRan)
        return bool(forwards) and not any(each.grad_enabled for each in forwards)

    @cached_property
    def in_step(self) -> Sequence[Event]:
        """The events between the beginning of `step` and its end: what a closure did."""
        for place, event in enumerate(self.events):
            if isinstance(event, StepBegan) and event.optimizer == self.optimizer:
                return self.events[place + 1 :]
        return ()

    @cached_property
    def has_closure(self) -> bool:
        """Whether a backward ran inside of the step."""
        return any(isinstance(event, BackwardRan) for event in self.in_step)

    @cached_property
    def backwards(self) -> list[BackwardRan]:
        """The backwards that filled gradients of its own, whether they were cleared or not."""
        return [event for event in self.of(BackwardRan) if self.filled_by(event)]

    @cached_property
    def counted(self) -> list[BackwardRan]:
        """The backwards of which something was left when the step read the gradients."""
        alive: list[tuple[BackwardRan, set[str]]] = []
        for event in self.events:
            if isinstance(event, BackwardRan):
                alive.append((event, self.filled_by(event)))
            elif gone := cleared_by(event):
                alive = [(backward, names - gone) for backward, names in alive]
        return [backward for backward, names in alive if names]


def finished(windows: Sequence[Window]) -> Iterator[tuple[Window, StepTaken]]:
    """Go through the windows that end with a step, each with it."""
    return ((window, window.step) for window in windows if window.step is not None)


def cut(
    events: Sequence[Event], passed: Mapping[str, int], optimizer: str | None = None
) -> Iterator[Window]:
    """Give the windows between all steps, or between those of one optimizer alone.

    `passed` says how many steps of each came before. What follows the last step is one more.
    """
    before = passed.values() if optimizer is None else [passed.get(optimizer, 0)]
    count = sum(before)
    number = count + 1
    found: list[Event] = []
    for event in events:
        found.append(event)
        if isinstance(event, StepsPassed | StepTaken) and optimizer in (None, event.optimizer):
            count += event.count if isinstance(event, StepsPassed) else 1
            if isinstance(event, StepTaken):
                yield Window(number, found, event)
                found = []
            number = count + 1
    if found:
        yield Window(number, found, None)
