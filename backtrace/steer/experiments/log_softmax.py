"""Gives a loss of log-probabilities the log-softmax of what it is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from torch import Tensor

    from backtrace.steer.controls import Controls


class LogSoftmaxBeforeLoss(Experiment):
    """Puts a log-softmax before the losses that want one, or in the place of a softmax."""

    key = "log_softmax"
    does = "Give nll_loss, kl_div and ctc_loss log-probabilities where they are given logits."
    done = "a loss was given log-probabilities {times}"
    never = "no loss of log-probabilities was given anything else"

    def install(self, controls: Controls) -> None:
        """Wrap the losses."""
        from torch import Tensor
        from torch.nn import functional

        from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
        from backtrace.steer.activation_inputs import ActivationInputs

        inputs = ActivationInputs(controls)

        def change(given: Tensor, dim: int) -> Tensor:
            name, bare = inputs.find(given)
            if name == "LogSoftmax" or given.dim() < 2:
                return given
            controls.call(controls.note, f"a loss was given log-probabilities of {name or 'input'}")
            logits = bare if name == "Softmax" and bare is not None else given
            return functional.log_softmax(logits, dim)

        def make(dim: int) -> Callable[..., Any]:
            @skip_in_warning_stacklevel
            def around(original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
                if args and isinstance(args[0], Tensor):
                    return original(change(args[0], dim), *args[1:], **kwargs)
                named = next((each for each in ("input", "log_probs") if each in kwargs), "")
                if isinstance(kwargs.get(named), Tensor):
                    kwargs[named] = change(kwargs[named], dim)
                return original(*args, **kwargs)

            return around

        controls.patches.wrap(functional, "nll_loss", make(1))
        controls.patches.wrap(functional, "kl_div", make(-1))
        controls.patches.wrap(functional, "ctc_loss", make(-1))
