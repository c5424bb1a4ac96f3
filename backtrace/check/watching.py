"""The view of a checked run: it shows nothing, and keeps what is judged at the end."""

from __future__ import annotations

from backtrace.diagnose.diagnose import Diagnosis
from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.ledger.events import Event, ParameterSeen
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update


class CheckedRun(View):
    """Remembers the names of a run's parameters and, if it `keeps` them, its finished updates.

    `diagnosis` is there once the run is over.
    """

    def __init__(self, *, keeps: bool = False) -> None:
        self._keeps = keeps
        self._names: dict[str, None] = {}
        self.updates: list[Update] = []
        self.header = Header()
        self.diagnosis = Diagnosis()

    @property
    def names(self) -> list[str]:
        """The parameters' names, in the model's order."""
        return list(self._names)

    def start(self, plan: RunPlan) -> None:
        """The run is about to begin."""
        self.header = plan.header

    def take_event(self, event: Event) -> None:
        """Remember the name of a parameter."""
        if isinstance(event, ParameterSeen):
            self._names.pop(event.formerly, None)
            self._names[event.name] = None

    def take_update(self, update: Update) -> None:
        """Keep it."""
        if self._keeps and update.is_complete:
            self.updates.append(update)

    def finish(self, result: RunResult) -> None:
        """Keep what the rules say."""
        self.diagnosis = result.diagnosis or Diagnosis()
