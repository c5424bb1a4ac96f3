"""Another number of threads, which may sum in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class Threads(Experiment):
    """Sets how many threads an operation may use, when torch is imported."""

    key = "threads"
    takes = "a whole number from 1"
    does = "How many threads one operation may use."
    done = "torch used {value} threads"
    never = "torch had that many threads already"

    def read(self) -> None:
        """Read the number."""
        self._count = self.read_count(self.value)

    def install(self, controls: Controls) -> None:
        """Set it."""
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(self._count)
        controls.patches.on_close(lambda: torch.set_num_threads(before))
        if before != self._count:
            controls.note(f"torch.set_num_threads({self._count}) instead of {before}")
