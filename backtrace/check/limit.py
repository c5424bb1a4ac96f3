"""Stops a script when its training goes on after enough updates, and knows whether it did."""

from __future__ import annotations

from collections import Counter

from backtrace.interrupts import LimitReached
from backtrace.ledger.events import Event, ForwardRan, StepBegan, StepTaken
from backtrace.ledger.graph_seen import GraphSeen

_GOES_ON = (ForwardRan, GraphSeen, StepBegan)


class Limit:
    """Follows a run; the first call after the last update that is wanted ends it.

    A script that had no more to do than that comes to its own end, and `has_stopped` is False.
    """

    def __init__(self, updates: int) -> None:
        self._updates = updates
        self._counts: Counter[str] = Counter()
        self.has_stopped = False

    def follow(self, event: Event) -> None:
        """Count a step, or end the run.

        Raises:
            LimitReached: there were enough updates, and a model, a backward or a step is called.
        """
        if isinstance(event, StepTaken):
            self._counts[event.optimizer] += 1
        elif isinstance(event, _GOES_ON) and max(self._counts.values(), default=0) >= self._updates:
            self.has_stopped = True
            raise LimitReached("backtrace: --limit was reached")
