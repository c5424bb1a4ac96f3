"""What models were given since the last backward, and whether it was finite."""

from __future__ import annotations

import weakref
from collections.abc import Mapping

import torch
from torch import Tensor

from backtrace.recording.kernels.finiteness import is_finite
from backtrace.recording.sensors.graph.autograd_nodes import tensors_in

INSIDE = ", made in the forward of finite inputs"  # ends such an origin
_MOST = 64


class GivenInputs:
    """Remembers the last model's inputs as long as the user does."""

    def __init__(self) -> None:
        self._last: list[weakref.ref[Tensor]] = []

    def take(self, args: tuple[object, ...], kwargs: Mapping[str, object]) -> None:
        """A model was given these."""
        if len(args) == 1 and type(args[0]) is Tensor and not kwargs:  # nearly all of the calls
            self._last = [weakref.ref(args[0])]
            return
        found = (each for each in tensors_in((args, kwargs)) if type(each) is Tensor)
        self._last = [weakref.ref(each) for each, _ in zip(found, range(_MOST), strict=False)]

    def describe(self, origin: str) -> str:
        """Return what to add to an origin that is some operation's input, and not the model's."""
        if not origin.startswith("the input of") or not self._last:
            return ""
        given = [tensor for ref in self._last if (tensor := ref()) is not None]
        floats = [each for each in given if each.is_floating_point() and not each.is_meta]
        is_whole = len(given) == len(self._last) and bool(floats)
        with torch.no_grad():
            return INSIDE if is_whole and all(map(is_finite, floats)) else ""
