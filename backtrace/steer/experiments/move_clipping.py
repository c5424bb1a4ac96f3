"""Clips where it helps, in place of where the loop does: right before each step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiments.clip_norm import ClipNorm

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from backtrace.recording.hooks.patches import Original
    from backtrace.steer.controls import Controls


class MoveClipping(ClipNorm):
    """Leaves out the loop's own clipping by norm, and clips what each optimizer reads.

    The loop is given the norm that it asked for all the same.
    """

    key = "move_clipping"
    flag = ""
    done = "clipping was left out, or made up for, {times}"
    never = "the loop never clips by norm"
    does = "Leave out the loop's clipping by norm, and clip before each step to that norm."

    def install(self, controls: Controls) -> None:
        """Wrap clipping, and clip before each step."""
        import torch
        from torch import Tensor
        from torch.nn.utils import clip_grad

        from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel

        @skip_in_warning_stacklevel
        def around(original: Original, tensors: Any, *args: Any, **kwargs: Any) -> Any:
            if self._is_ours:
                return original(tensors, *args, **kwargs)
            given = tensors if isinstance(tensors, Iterable) else ()
            found = [tensors] if isinstance(tensors, Tensor) else list(given)
            kind = float(args[1]) if len(args) > 1 else 2.0
            grads = [tensor.grad for tensor in found if tensor.grad is not None]
            controls.call(controls.note, "left out clip_grad_norm_")
            return torch.nn.utils.get_total_norm(grads, kind)

        self._is_ours = False
        for module in (torch.nn.utils, clip_grad):
            controls.patches.wrap(module, "clip_grad_norm_", around)
        super().install(controls)

    def clip(self, controls: Controls, optimizer: Optimizer) -> None:
        """Clip, and have that call let through."""
        self._is_ours = True
        try:
            super().clip(controls, optimizer)
        finally:
            self._is_ours = False
