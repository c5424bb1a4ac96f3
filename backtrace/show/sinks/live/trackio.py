"""trackio: what is logged joins the step that the script logged last."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backtrace.diagnose.rule import Finding
from backtrace.show.sinks.live.tracker import Points, Tracker

if TYPE_CHECKING:
    from trackio.run import Run


@dataclass(frozen=True)
class _OpenRun:
    """A run, and the step that the script had logged last when an update ended; -1 for none.

    It is read in the script's thread: by the time that ours logs, the script may be further on.
    """

    run: Run
    step: int = field(compare=False)

    def log(self, what: dict[str, float | str]) -> bool:
        """Log under that step, if there is one."""
        if self.step < 0:
            return False
        self.run.log(what, step=self.step)
        return True


class TrackioTracker(Tracker[_OpenRun]):
    """Logs under a step that is there, since a new one would move the script's own on.

    `trackio.alert` prints into the script's output: a finding is a text beside the numbers.
    """

    name = "trackio"
    note = "points go under the steps that the script logs, and it logged none"

    def find_run(self) -> _OpenRun | None:
        """Return the run of this context, as trackio has one for each."""
        known = sys.modules.get("trackio.context_vars")
        run: Run | None = None if known is None else known.current_run.get()
        return None if run is None else _OpenRun(run, run._next_step - 1)

    def log(self, run: _OpenRun, points: Points) -> bool:
        """Log under the latest step, once there is one."""
        return run.log({**points.numbers, "backtrace/update": points.update})

    def tell(self, run: _OpenRun, update: int, finding: Finding, text: str) -> None:
        """Log the text of the finding."""
        run.log({"backtrace/finding": text, "backtrace/update": update})

    def sum_up(self, run: _OpenRun, text: str) -> None:
        """Log the verdict."""
        run.log({"backtrace/verdict": text})
