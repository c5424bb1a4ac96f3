"""Clears gradients where the loop may not: before the first backward after each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from backtrace.steer.controls import Controls


class ClearBeforeBackward(Experiment):
    """Calls `zero_grad` of each optimizer that has stepped since the last backward.

    A closure that a step calls is a backward of its own: it is cleared before each.
    """

    key = "zero_grad"
    flag = "--zero-grad"
    does = "Clear gradients before the first backward after each step."
    done = "gradients were cleared {times}"
    never = "no backward came after a step, so there was nothing to clear"

    def install(self, controls: Controls) -> None:
        """Remember who stepped, and clear before the next backward."""
        stepped: dict[int, Optimizer] = {}
        running: dict[int, Optimizer] = {}

        def began(optimizer: Optimizer) -> None:
            running.clear()  # of one that raised nothing was heard
            running[id(optimizer)] = optimizer

        def ended(optimizer: Optimizer) -> None:
            running.clear()
            stepped[id(optimizer)] = optimizer

        def clear() -> None:
            waiting = [*{**stepped, **running}.values()]
            stepped.clear()
            for optimizer in waiting:
                optimizer.zero_grad()
                controls.note(f"called {controls.register.name_of(optimizer)}.zero_grad")

        controls.around_step(began, ended)
        controls.around_backward(clear)
