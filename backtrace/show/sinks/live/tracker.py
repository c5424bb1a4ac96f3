"""What a tracker must do to be logged to, and what it is handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from backtrace.diagnose.rule import Finding

Run = TypeVar("Run")


@dataclass(frozen=True)
class Points:
    """The numbers of one update, by the names of their series."""

    update: int
    seconds: float
    numbers: Mapping[str, float]


class Tracker(Generic[Run]):
    """Logs into a run that somebody else opened; it opens none, and closes none.

    `find_run` is called in the thread that trains and costs next to nothing; the other methods in
    a thread of ours, one call after another. What they raise ends the logging, not the training.
    """

    name = ""
    outlives_run = False  # whether a run can be written to when it was closed
    note = ""  # what to say where nothing was logged though a run was open

    def find_run(self) -> Run | None:
        """Return the run that is open at the moment; None where none is."""
        raise NotImplementedError

    def log(self, run: Run, points: Points) -> bool:
        """Log the numbers of an update; False where the run takes none yet."""
        raise NotImplementedError

    def tell(self, run: Run, update: int, finding: Finding, text: str) -> None:
        """Tell of a finding, at the update after which it was found."""
        raise NotImplementedError

    def sum_up(self, run: Run, text: str) -> None:
        """Leave the verdict of the whole run; see `outlives_run`."""
        raise NotImplementedError
