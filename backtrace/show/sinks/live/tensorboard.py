"""TensorBoard: scalars and texts into the event file of the script's own SummaryWriter."""

from __future__ import annotations

import gc
import sys
import time
from typing import TYPE_CHECKING, Any

from backtrace.diagnose.rule import Finding
from backtrace.show.sinks.live.tracker import Points, Tracker

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

_WRITER, _SUMMARY = "torch.utils.tensorboard.writer", "torch.utils.tensorboard.summary"


class TensorBoardTracker(Tracker["SummaryWriter"]):
    """Writes through the writer's file, one at a time, for a second file would hide the first.

    Torch has no list of writers. They are looked for among all objects, ever more rarely.
    """

    name = "tensorboard"
    outlives_run = True

    def __init__(self) -> None:
        self._writer: SummaryWriter | None = None
        self._wait = 1
        self._left = 0
        self._own: SummaryWriter | None = None

    def find_run(self) -> SummaryWriter | None:
        """Return a writer that is open; of several the first that was made."""
        if self._writer is not None and self._writer.file_writer is not None:
            return self._writer
        self._left -= 1
        module = sys.modules.get(_WRITER)
        if module is None or self._left > 0:
            return None
        for each in gc.get_referrers(module.SummaryWriter):
            if type(each) is module.SummaryWriter and each.file_writer is not None:
                self._writer, self._wait, self._left = each, 1, 0
                return self._writer
        self._wait = min(self._wait * 2, 1024)
        self._left = self._wait
        return None

    def log(self, run: SummaryWriter, points: Points) -> bool:
        """Write scalars whose step is the number of the update."""
        scalar = sys.modules[_SUMMARY].scalar  # it is there, for a writer is
        now = time.time()
        for name, value in points.numbers.items():
            self._add(run, scalar(name, value), points.update, now)
        return True

    def tell(self, run: SummaryWriter, update: int, finding: Finding, text: str) -> None:
        """Write the finding among the texts."""
        self._add_text(run, f"backtrace/{finding.code}", text, update)

    def sum_up(self, run: SummaryWriter, text: str) -> None:
        """Write the verdict among the texts."""
        self._add_text(run, "backtrace/verdict", text, 0)
        if self._own is not None:
            self._own.close()

    def _add_text(self, run: SummaryWriter, tag: str, text: str, update: int) -> None:
        file = self._add(run, sys.modules[_SUMMARY].text(tag, text), update)
        file.flush()

    def _add(self, run: SummaryWriter, summary: Any, update: int, now: float | None = None) -> Any:
        """Write into the writer's file; if the script has closed it, into one that comes after it.

        It may do so while this thread has its last updates still to write. Returns the file.
        """
        file: Any = run.file_writer
        if file is not None:
            try:
                file.add_summary(summary, update, now)
                return file
            except OSError:  # closed in between; what else it may be ends the next as well
                pass
        if self._own is None:
            self._own = type(run)(run.log_dir, filename_suffix=".backtrace")
        file = self._own.file_writer
        file.add_summary(summary, update, now)
        file.flush()
        return file
