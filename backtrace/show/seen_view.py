"""A view that keeps what the command worth typing next is chosen by."""

from __future__ import annotations

from backtrace.diagnose.diagnose import Diagnosis
from backtrace.driver.view import RunResult, View
from backtrace.ledger.updates import Update
from backtrace.show.content.next_command import SeenUpdates


class SeenView(View):
    """Keeps what went wrong in the updates, and what the rules said; shows nothing."""

    def __init__(self) -> None:
        self.updates = SeenUpdates()
        self.diagnosis: Diagnosis | None = None

    def take_update(self, update: Update) -> None:
        """Look at it."""
        self.updates.take(update)

    def finish(self, result: RunResult) -> None:
        """Keep what was found."""
        self.diagnosis = result.diagnosis
