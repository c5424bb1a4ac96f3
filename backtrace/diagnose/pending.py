"""Which gradients wait for a step: a stretch cut there would show a step without its backward."""

from __future__ import annotations

from backtrace.diagnose.gradients import reached_by
from backtrace.ledger.events import BackwardRan, Event, GradsZeroed, ParameterSeen, StepTaken


class Pending:
    """Follows, through events, what `backward` added and no step or clearing has taken away."""

    def __init__(self) -> None:
        self._waiting: set[str] = set()
        self._stepped: set[str] = set()

    @property
    def is_waiting(self) -> bool:
        """Whether a tensor that some optimizer steps holds a gradient not yet read."""
        return not self._waiting.isdisjoint(self._stepped)

    def take(self, event: Event) -> None:
        """Enter one event."""
        if isinstance(event, BackwardRan):
            self._waiting.update(reached_by(event))
        elif isinstance(event, GradsZeroed):
            self._waiting.difference_update(event.grads)
        elif isinstance(event, ParameterSeen) and event.formerly:
            for names in (self._waiting, self._stepped):
                if event.formerly in names:
                    names.remove(event.formerly)
                    names.add(event.name)
        elif isinstance(event, StepTaken):
            self._waiting.difference_update(event.values)
            self._stepped.update(event.values)
