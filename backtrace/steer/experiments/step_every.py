"""Steps every N-th time only: the other calls of `step` are left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class StepEvery(Experiment):
    """Leaves out all steps of an optimizer but every N-th; gradients are cleared as ever."""

    key = "step_every"
    takes = "a whole number from 1"
    does = "Take every N-th step of each optimizer only; gradients are cleared as ever."
    done = "a step was left out {times}"
    never = "there were too few steps to leave one out"

    def read(self) -> None:
        """Read how many steps make one."""
        self._every = self.read_count(self.value)

    def install(self, controls: Controls) -> None:
        """Leave out the others."""
        counts: Counter[int] = Counter()

        def leaves_out(optimizer: Any) -> bool:
            counts[id(optimizer)] += 1
            return counts[id(optimizer)] % self._every != 0

        controls.leave_out_step(leaves_out)
