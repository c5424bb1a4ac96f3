"""The view of a checked run: it shows nothing, and keeps what is judged at the end."""

from __future__ import annotations

from collections.abc import Sequence

from backtrace.diagnose.diagnose import Diagnosis, diagnose
from backtrace.diagnose.history import History
from backtrace.driver.view import Plan
from backtrace.ledger.events import Event, ParameterSeen
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update


class Watch:
    """Remembers a run's events for the rules and, if it `keeps` them, its finished updates.

    `diagnosis` is there once the run is over.
    """

    def __init__(self, ignore: Sequence[str] = (), *, keeps: bool = False) -> None:
        self._ignore = ignore
        self._keeps = keeps
        self._history = History()
        self._names: dict[str, None] = {}
        self.updates: list[Update] = []
        self.header = Header()
        self.diagnosis = Diagnosis()

    @property
    def names(self) -> list[str]:
        """The parameters' names, in the model's order."""
        return list(self._names)

    def start(self, plan: Plan) -> None:
        """The run is about to begin."""
        self.header = plan.header

    def take_event(self, event: Event) -> None:
        """Remember what the rules need."""
        self._history.take(event)
        if isinstance(event, ParameterSeen):
            self._names.pop(event.formerly, None)
            self._names[event.name] = None

    def take_update(self, update: Update) -> None:
        """Keep it."""
        if self._keeps and update.is_complete:
            self.updates.append(update)

    def finish(self, seconds: float, *, interrupted: bool) -> None:
        """Let the rules judge."""
        self.diagnosis = diagnose(self._history.stretches(), ignore=self._ignore)
