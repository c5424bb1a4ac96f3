"""Gradients on for models in training mode, wherever the loop has switched them off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch import nn

    from backtrace.steer.controls import Controls


class GradOn(Experiment):
    """Switches gradients on while a model in training mode is called, and off again after it."""

    key = "grad_on"
    does = "Gradients on for each call of a model in training mode."
    done = "a call had gradients switched on {times}"
    never = "no model was called in training mode with gradients off"

    def install(self, controls: Controls) -> None:
        """Switch around the outermost calls."""
        import torch

        depth: list[bool] = []

        def enter(module: nn.Module, args: object) -> None:
            if not controls.is_mine():
                return
            switches = not depth and module.training and not torch.is_grad_enabled()
            depth.append(switches)
            if switches:
                torch._C._set_grad_enabled(True)
                name = controls.register.name_of(module)
                controls.call(controls.note, f"called {name} with gradients on")

        def leave(module: nn.Module, *call: object) -> None:
            if controls.is_mine() and depth and depth.pop():
                torch._C._set_grad_enabled(False)

        controls.instrument.hooks.around_call(enter, leave)
