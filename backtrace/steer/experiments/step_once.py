"""One step for each backward: what an optimizer steps again without one is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class StepOnce(Experiment):
    """Leaves out each step of an optimizer that no backward has come before since its last."""

    key = "step_once"
    does = "Leave out a step where no backward has come since the optimizer's last one."
    done = "a step was left out {times}"
    never = "a backward came before every step"

    def install(self, controls: Controls) -> None:
        """Count backwards, and leave out the steps between which there was none."""
        count = [0]
        stepped_at: dict[int, int] = {}

        def add() -> None:
            count[0] += 1

        def leaves_out(optimizer: Any) -> bool:
            if stepped_at.get(id(optimizer)) == count[0]:
                return True
            stepped_at[id(optimizer)] = count[0]
            return False

        controls.around_backward(add)
        controls.leave_out_step(leaves_out)
