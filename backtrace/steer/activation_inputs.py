"""What activations were given: so that a loss can be given that in place of what they made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.weak_keys import weak_keys
from backtrace.steer.controls import Controls

_MODULES = (nn.Softmax, nn.LogSoftmax, nn.Sigmoid, nn.LogSigmoid, nn.ReLU)
_FUNCTIONS = ("softmax", "log_softmax", "sigmoid", "relu")
_VIEWS = ("SqueezeBackward", "UnsqueezeBackward", "ViewBackward", "ReshapeAliasBackward")


class ActivationInputs:
    """Remembers, of each result of an activation that is still there, what it was made of.

    Torch's own functions (`torch.sigmoid`, a tensor's `softmax`) cannot be followed: what they
    were given is worked out from their result, as far as that can be done.
    """

    def __init__(self, controls: Controls) -> None:
        self._inputs = weak_keys()
        controls.instrument.hooks.around_call(lambda module, args: None, self._take_call)
        for name in _FUNCTIONS:
            controls.patches.wrap(functional, name, self._around)

    def find(self, output: Tensor) -> tuple[str, Tensor | None]:
        """Return the activation that made a tensor (`Softmax`), and what that was given.

        The name is '' where none did; the tensor None where it cannot be known.
        """
        node = output.grad_fn
        while node is not None and node.name().startswith(_VIEWS):
            node = node.next_functions[0][0]
        name = "" if node is None else node.name().partition("Backward")[0]
        for made in (output, output._base):  # a view of what was made keeps hold of it
            if made is not None and made in self._inputs:
                found: Tensor = self._inputs[made]
                return name, found
        return name, _invert(name, output)

    def _take_call(self, module: nn.Module, args: Any, kwargs: Any, output: Any) -> None:
        if isinstance(module, _MODULES) and args and isinstance(output, Tensor):
            self._inputs[output] = args[0]

    @skip_in_warning_stacklevel
    def _around(self, original: Callable[..., Any], given: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(given, *args, **kwargs)
        if isinstance(result, Tensor) and result is not given:
            self._inputs[result] = given
        return result


def _invert(name: str, output: Tensor) -> Tensor | None:
    """Return what a softmax or sigmoid was given, by its result: of a softmax, but for a sum."""
    tiny = torch.finfo(output.dtype).tiny
    if name == "Softmax":
        return output.clamp_min(tiny).log()
    if name == "Sigmoid":
        return torch.logit(output, torch.finfo(output.dtype).eps)
    if name == "LogSigmoid":
        return torch.logit(output.exp(), torch.finfo(output.dtype).eps)
    return None
