"""Steps where the loop never does: after each backward, and clears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class StepAfterBackward(Experiment):
    """Calls `step` and `zero_grad` of every optimizer after each backward outside a step."""

    key = "step_after_backward"
    does = "Step all optimizers after each backward, and clear what they have read."
    done = "an optimizer was stepped {times}"
    never = "no backward ran while there was an optimizer"

    def install(self, controls: Controls) -> None:
        """Step after each backward, but not after one that a closure makes."""
        running: list[object] = []

        def step() -> None:
            for optimizer in () if running else controls.optimizers():
                controls.note(f"called {controls.register.name_of(optimizer)}.step and zero_grad")
                optimizer.step()
                optimizer.zero_grad()

        controls.around_step(running.append, lambda optimizer: running.clear())
        controls.around_backward(lambda: None, step)
