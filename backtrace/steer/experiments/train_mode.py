"""Training mode wherever gradients are on, whatever mode the loop left the model in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from backtrace.explain.graph import module_tree
from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch import nn

    from backtrace.steer.controls import Controls


class TrainMode(Experiment):
    """Puts a model, and all in it, into training mode while it is called with gradients on."""

    key = "train_mode"
    flag = "--train-mode"
    does = "Training mode for each call of a model with gradients on."
    done = "a call was made in another mode {times}"
    never = "every model was in that mode already where gradients were on"
    training: ClassVar[bool] = True

    def install(self, controls: Controls) -> None:
        """Switch before a call, and back after it."""
        switched: list[nn.Module] = []
        word = "training" if self.training else "evaluation"

        def before(module: nn.Module) -> None:
            others = [
                each for each in module_tree.modules(module) if each.training is not self.training
            ]
            for each in others:
                each.training = self.training
            switched.extend(others)
            if others:
                name = controls.register.name_of(module)
                controls.note(f"called {name} with {len(others)} of its modules in {word} mode")

        def back(module: nn.Module | None = None) -> None:
            while switched:
                switched.pop().training = not self.training

        controls.around_call(before, back)
        controls.patches.on_close(back)
