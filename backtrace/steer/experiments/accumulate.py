"""Accumulates gradients over N backwards: steps every N-th time, and clears after it only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class Accumulate(Experiment):
    """Leaves out all steps but every N-th, and all clearing between them.

    What is added up is not divided: `average` does that.
    """

    key = "accumulate"
    flag = "--accumulate"
    takes = "a whole number from 1"
    does = "Step every N-th time and clear after it only; `--average` divides what adds up."
    done = "a step or zero_grad was left out {times}"
    never = "there were too few steps to leave one out"

    def read(self) -> None:
        """Read how many backwards make a step."""
        self._every = self.read_count(self.value)

    def install(self, controls: Controls) -> None:
        """Leave out the others, and what is cleared while gradients wait for their step."""
        counts: Counter[int] = Counter()

        def leaves_out_step(optimizer: Any) -> bool:
            counts[id(optimizer)] += 1
            return counts[id(optimizer)] % self._every != 0

        def leaves_out_clearing(target: Any) -> bool:
            waiting = {key for key, count in counts.items() if count % self._every}
            return id(target) in waiting if id(target) in counts else bool(waiting)

        controls.leave_out_step(leaves_out_step)
        controls.leave_out_zero_grad(leaves_out_clearing)
