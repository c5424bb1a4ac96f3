"""Gradients on for models in training mode, wherever the loop has switched them off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch import nn

    from backtrace.steer.controls import Controls


class GradOn(Experiment):
    """Switches gradients on when a model in training mode is called.

    They stay on, so that what is made of the model's output has a gradient, until the loop itself
    switches them: a `with torch.no_grad()` block does when it ends.
    """

    key = "grad_on"
    does = "Gradients on from each call of a model in training mode."
    done = "gradients were switched on {times}"
    never = "no model was called in training mode with gradients off"

    def install(self, controls: Controls) -> None:
        """Switch before the outermost calls."""
        import torch

        depth: list[nn.Module] = []
        was_on = torch.is_grad_enabled()

        def enter(module: nn.Module, args: object) -> None:
            if not controls.is_mine():
                return
            depth.append(module)
            if len(depth) == 1 and module.training and not torch.is_grad_enabled():
                torch._C._set_grad_enabled(True)
                name = controls.register.name_of(module)
                controls.call(controls.note, f"called {name} with gradients on")

        def leave(module: nn.Module, *call: object) -> None:
            if controls.is_mine() and depth:
                depth.pop()

        controls.instrument.hooks.around_call(enter, leave)
        controls.patches.on_close(lambda: torch._C._set_grad_enabled(was_on))
