"""Clears gradients where the loop may not: before the first backward after each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from backtrace.steer.controls import Controls


class ClearBeforeBackward(Experiment):
    """Calls `zero_grad` of each optimizer that has stepped since the last backward.

    With `all` it clears for every optimizer as soon as one has stepped, and with `instead` the
    loop's own clearing is left out besides. A closure that a step calls is cleared before each of
    its backwards.
    """

    key = "zero_grad"
    flag = "--zero-grad"
    takes = "all, for every optimizer when one has stepped; instead, of the loop's own clearing"
    is_optional = True
    does = "Clear gradients before the first backward after each step."
    done = "gradients were cleared {times}"
    never = "no backward came after a step, so there was nothing to clear"

    def read(self) -> None:
        """Read which."""
        if self.value not in ("", "all", "instead"):
            raise self.mistake("write zero_grad, zero_grad=all or zero_grad=instead")

    def install(self, controls: Controls) -> None:
        """Remember who stepped, and clear before the next backward."""
        stepped: dict[int, Optimizer] = {}
        running: dict[int, Optimizer] = {}
        clearing: list[Optimizer] = []

        def began(optimizer: Optimizer) -> None:
            running.clear()  # of one that raised nothing was heard
            running[id(optimizer)] = optimizer

        def ended(optimizer: Optimizer) -> None:
            running.clear()
            stepped[id(optimizer)] = optimizer

        def clear() -> None:
            waiting = [*{**stepped, **running}.values()]
            stepped.clear()
            if waiting and self.value:
                waiting = controls.optimizers()
            for optimizer in waiting:
                clearing.append(optimizer)
                optimizer.zero_grad()
                clearing.pop()
                controls.note(f"called {controls.register.name_of(optimizer)}.zero_grad")

        def is_the_loops(target: Any) -> bool:
            return not clearing

        if controls.is_late:
            stepped.update((id(each), each) for each in controls.optimizers())
        if self.value == "instead":
            controls.leave_out_zero_grad(is_the_loops)
        controls.around_step(began, ended)
        controls.around_backward(clear)
