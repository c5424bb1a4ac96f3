"""Gives the target of a loss the shape of its input, where both have as many elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.recording.hooks.patches import Original
    from backtrace.steer.controls import Controls

_NAMES = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss")


class MatchShapes(Experiment):
    """Reshapes the target before the loss, so that nothing is broadcast."""

    key = "match_shapes"
    does = "Give a loss's target the shape of its input, where they broadcast."
    done = "a target was reshaped {times}"
    never = "no loss of torch's broadcast two operands of as many elements"

    def install(self, controls: Controls) -> None:
        """Wrap the losses that broadcast."""
        from torch import Tensor
        from torch.nn import functional

        from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel

        @skip_in_warning_stacklevel
        def around(original: Original, one: Any, two: Any, *more: Any, **named: Any) -> Any:
            both = isinstance(one, Tensor) and isinstance(two, Tensor)
            if both and one.shape != two.shape and one.numel() == two.numel():
                shapes = f"{tuple(two.shape)} to {tuple(one.shape)}"
                controls.call(controls.note, f"reshaped a target from {shapes}")
                two = two.reshape(one.shape)
            return original(one, two, *more, **named)

        for name in _NAMES:
            controls.patches.wrap(functional, name, around)
