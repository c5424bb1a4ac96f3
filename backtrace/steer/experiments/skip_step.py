"""Ignores steps by their number."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class SkipStep(Experiment):
    """Leaves out the N-th step of each optimizer, or several."""

    key = "skip_step"
    takes = "a number from 1, or several: 3,7"
    does = "Leave out the N-th step of each optimizer."
    done = "a step was left out {times}"
    never = "there were too few steps: step {value} never came"

    def read(self) -> None:
        """Read the numbers."""
        self._numbers = {self.read_count(text) for text in self.value.split(",")}

    def install(self, controls: Controls) -> None:
        """Leave these out."""
        counts: Counter[int] = Counter()
        self.reason = self.never.format(value=self.value)

        def leaves_out(optimizer: Any) -> bool:
            counts[id(optimizer)] += 1
            return counts[id(optimizer)] in self._numbers

        controls.leave_out_step(leaves_out)
