"""Clips each element of gradients before each step, as `clip_grad_value_` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from backtrace.steer.controls import Controls


class ClipValue(Experiment):
    """Clips all gradients that an optimizer is about to read, element by element."""

    key = "clip_value"
    takes = "the largest magnitude"
    does = "Clip each element of what each optimizer reads, before each step."
    done = "gradients were clipped to ±{value} {times}"
    never = "no step read a gradient with an element beyond that"

    def read(self) -> None:
        """Read the magnitude."""
        self._most = self.read_number(self.value, least=0)

    def install(self, controls: Controls) -> None:
        """Clip before each step."""
        from torch.nn.utils import clip_grad_value_

        from backtrace.steer.controls import tensors_of

        def clip(optimizer: Optimizer) -> None:
            if getattr(optimizer, "grad_scale", None) is not None:
                controls.fail("this step unscales its gradients itself: they are not clipped")
                return
            tensors = [tensor for tensor in tensors_of(optimizer) if tensor.grad is not None]
            largest = max((float(t.grad.abs().max()) for t in tensors if t.grad.numel()), default=0)  # type: ignore[union-attr]
            clip_grad_value_(tensors, self._most)
            if largest > self._most:
                name = controls.register.name_of(optimizer)
                controls.note(f"clipped what {name} reads from {largest:.6g} to {self._most:g}")

        controls.before_reading(clip)
