"""Weights & Biases: what is logged joins the row that the script commits next."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from backtrace.diagnose.rule import Finding
from backtrace.show.sinks.live.tracker import Points, Tracker

if TYPE_CHECKING:
    import wandb

_AXIS = "backtrace/update"
_LEVELS = {"error": "ERROR", "warning": "WARN"}


class WandbTracker(Tracker["wandb.Run"]):
    """Logs with `commit=False`: no row and no step is made that the script did not make.

    So there is at most one point for each row of the script's, the latest reading before it, and
    they stand over `backtrace/update`. What the thread brings after a commit joins the next row.
    """

    name = "wandb"

    def __init__(self) -> None:
        self._known: wandb.Run | None = None

    def find_run(self) -> wandb.Run | None:
        """Return `wandb.run`, if the script has imported wandb at all."""
        run: wandb.Run | None = getattr(sys.modules.get("wandb"), "run", None)
        return run

    def log(self, run: wandb.Run, points: Points) -> bool:
        """Log into the row that is open."""
        if run is not self._known:
            self._known = run
            run.define_metric(_AXIS, hidden=True)
            run.define_metric("backtrace/*", step_metric=_AXIS)
        run.log({**points.numbers, _AXIS: points.update}, commit=False)
        return True

    def tell(self, run: wandb.Run, update: int, finding: Finding, text: str) -> None:
        """Raise an alert, which W&B mails to whoever has asked for that."""
        level = _LEVELS.get(finding.severity, "INFO")
        run.alert(f"{finding.code} {finding.pattern}"[:63], text, level=level)

    def sum_up(self, run: wandb.Run, text: str) -> None:
        """Write the verdict into the run's summary."""
        run.summary["backtrace/verdict"] = text
