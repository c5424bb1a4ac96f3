"""Cuts a stretch at its steps, so that a rule sees what one step had before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, Event, ForwardRan, StepTaken

Kind = TypeVar("Kind", bound=Event)


@dataclass(frozen=True, slots=True)
class Window:
    """What happened up to and including one step; the last one may have no step."""

    number: int
    events: Sequence[Event]

    @property
    def step(self) -> StepTaken | None:
        """The step that ends it."""
        last = self.events[-1]
        return last if isinstance(last, StepTaken) else None

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Return its events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def forwards(self) -> list[ForwardRan]:
        """The calls of models whose result could be trained."""
        return [event for event in self.of(ForwardRan) if event.takes_grad]

    @property
    def is_blind(self) -> bool:
        """Whether models were called, and all of them with gradients switched off."""
        forwards = self.of(ForwardRan)
        return bool(forwards) and not any(each.grad_enabled for each in forwards)


def cut(run: Stretch, optimizer: str | None = None) -> Iterator[Window]:
    """Give the windows of one optimizer's steps, or of any's."""
    for number, events in run.between_steps(optimizer):
        yield Window(number, events)


def reached(backward: BackwardRan) -> tuple[str, ...]:
    """Return the tensors that a backward gave a gradient to."""
    return tuple(name for name, entry in backward.grads.items() if entry.delta is not None)
