"""Clips gradients to a norm before each step, as `clip_grad_norm_` does."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from backtrace.steer.controls import Controls


class ClipNorm(Experiment):
    """Clips all gradients that an optimizer is about to read, by their common norm."""

    key = "clip_norm"
    flag = "--clip-norm"
    takes = "the largest norm"
    does = "Clip what each optimizer reads to that norm, before each step."
    done = "gradients were clipped to norm {value} {times}"
    never = "no step read gradients of a norm above that"

    def read(self) -> None:
        """Read the norm."""
        self._most = self.read_number(self.value, least=0)

    def install(self, controls: Controls) -> None:
        """Clip before each step, or after each call of its closure."""
        controls.before_reading(partial(self.clip, controls))

    def clip(self, controls: Controls, optimizer: Optimizer) -> None:
        """Clip what a step is about to read."""
        from torch.nn.utils import clip_grad_norm_

        from backtrace.steer.controls import tensors_of

        if getattr(optimizer, "grad_scale", None) is not None:
            controls.fail("this step unscales its gradients itself: they are not clipped")
            return
        tensors = [tensor for tensor in tensors_of(optimizer) if tensor.grad is not None]
        if not tensors:
            return
        norm = float(clip_grad_norm_(tensors, self._most))
        if math.isnan(norm):
            self.reason = "the norm of what a step read was NaN, and clipping made all of it NaN"
        if norm > self._most:
            name = controls.register.name_of(optimizer)
            controls.note(f"clipped what {name} reads from norm {norm:.6g} to {self._most:g}")
