"""Gives a loss of logits what the last softmax, sigmoid or ReLU was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backtrace.steer.experiment import Experiment

if TYPE_CHECKING:
    from backtrace.steer.controls import Controls

_NAMES = ("cross_entropy", "binary_cross_entropy_with_logits")
_ACTIVATIONS = ("Softmax", "Sigmoid", "LogSigmoid", "Relu")


class BareOutput(Experiment):
    """Undoes an activation between the model and a loss that takes logits."""

    key = "bare_output"
    does = "Give cross-entropies the logits before a softmax, sigmoid or ReLU."
    done = "a loss was given what came before an activation {times}"
    never = "no loss of logits was given what an activation had made"

    def install(self, controls: Controls) -> None:
        """Remember what activations take, and hand that to the losses."""
        from torch import Tensor
        from torch.nn import functional

        from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
        from backtrace.steer.activation_inputs import ActivationInputs

        inputs = ActivationInputs(controls)

        @skip_in_warning_stacklevel
        def around(original: Callable[..., Any], given: Any, *args: Any, **kwargs: Any) -> Any:
            if isinstance(given, Tensor):
                name, bare = inputs.find(given)
                if name in _ACTIVATIONS and bare is None:
                    self.reason = f"what a {name} was given could not be found"
                elif name in _ACTIVATIONS and bare is not None:
                    controls.call(controls.note, f"a loss was given what {name} was given")
                    given = bare.reshape(given.shape)
            return original(given, *args, **kwargs)

        for name in _NAMES:
            controls.patches.wrap(functional, name, around)
