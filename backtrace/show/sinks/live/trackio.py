"""trackio: what is logged joins the step that the script logged last."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from backtrace.diagnose.rule import Finding
from backtrace.show.sinks.live.tracker import Points, Tracker

if TYPE_CHECKING:
    from trackio.run import Run


class TrackioTracker(Tracker["Run"]):
    """Logs under a step that is there, since a new one would move the script's own on.

    `trackio.alert` prints into the script's output: a finding is a text beside the numbers.
    """

    name = "trackio"
    note = "points go under the steps that the script logs, and it logged none"

    def find_run(self) -> Run | None:
        """Return the run of this context, as trackio has one for each."""
        known = sys.modules.get("trackio.context_vars")
        run: Run | None = None if known is None else known.current_run.get()
        return run

    def log(self, run: Run, points: Points) -> bool:
        """Log under the latest step, once there is one."""
        return _log(run, {**points.numbers, "backtrace/update": points.update})

    def tell(self, run: Run, update: int, finding: Finding, text: str) -> None:
        """Log the text of the finding."""
        _log(run, {"backtrace/finding": text, "backtrace/update": update})

    def sum_up(self, run: Run, text: str) -> None:
        """Log the verdict."""
        _log(run, {"backtrace/verdict": text})


def _log(run: Run, what: dict[str, float | str]) -> bool:
    step = run._next_step - 1
    if step < 0:
        return False
    run.log(what, step=step)
    return True
