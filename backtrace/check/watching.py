"""The view of a checked run: it shows nothing, and keeps what is judged at the end."""

from __future__ import annotations

from backtrace.diagnose.diagnose import Diagnosis
from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.ledger.trace import Header
from backtrace.ledger.updates import Update


class CheckedRun(View):
    """Keeps a run's finished updates, if it `keeps` them.

    `names`, of all tensors in the model's order, `diagnosis` and `seconds` are there once the run
    is over.
    """

    def __init__(self, *, keeps: bool = False) -> None:
        self._keeps = keeps
        self.names: list[str] = []
        self.updates: list[Update] = []
        self.header = Header()
        self.diagnosis = Diagnosis()
        self.seconds = 0.0
        self.updates_per_epoch: int | None = None

    def start(self, plan: RunPlan) -> None:
        """The run is about to begin."""
        self.header = plan.header
        self.updates_per_epoch = plan.updates_per_epoch

    def take_update(self, update: Update) -> None:
        """Keep it."""
        if self._keeps and update.is_complete:
            self.updates.append(update)

    def finish(self, result: RunResult) -> None:
        """Keep what the rules say, and the names."""
        self.names = list(result.tensors)
        self.diagnosis = result.diagnosis or Diagnosis()
        self.seconds = result.seconds
