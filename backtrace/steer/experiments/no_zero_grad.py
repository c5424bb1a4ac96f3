"""Never clears gradients: every `zero_grad` is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls


class NoZeroGrad(Experiment):
    """Leaves out each `zero_grad` of an optimizer or a model."""

    key = "no_zero_grad"
    flag = "--no-zero-grad"
    does = "Never clear gradients: every zero_grad is left out."
    done = "zero_grad was left out {times}"
    never = "zero_grad was never called, so there was nothing to leave out"

    def install(self, controls: Controls) -> None:
        """Leave out each one."""
        controls.leave_out_zero_grad(lambda target: True)
