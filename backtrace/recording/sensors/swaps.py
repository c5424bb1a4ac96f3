"""`torch.utils.swap_tensors`: what we hold of a tensor is no reason to refuse it."""

from __future__ import annotations

import weakref
from types import FunctionType, SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from backtrace.recording.hooks.error_boundary import ErrorBoundary
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.tensors.tracked import Register
from backtrace.recording.weak_keys import is_ours


class SwapSensor:
    """Lets go of two tensors while their contents are exchanged, as `model.to` may have it.

    Torch refuses tensors that anybody holds weakly, and exchanges hooks with what they are on.
    """

    def __init__(self, instrument: Instrument, register: Register) -> None:
        self._patches = instrument.patches
        self._boundary: ErrorBoundary = instrument.boundary
        self._register = register

    def install(self) -> None:
        """Wrap it; while nothing is read, the tensors are held as well."""
        self._patches.wrap(torch.utils, "swap_tensors", self._around, while_paused=True)

    @skip_in_warning_stacklevel
    def _around(self, original: Original, *args: Any, **kwargs: Any) -> Any:
        self._boundary.notify("swap_tensors", self._unfollow, *args, *kwargs.values())
        return _passing_us_over(original)(*args, **kwargs)

    def _unfollow(self, *tensors: Tensor) -> None:
        """Take our hooks off: they are put on again before the next backward."""
        for tensor in tensors:
            tracked = self._register.find(tensor)
            if tracked is not None and tracked.unfollow is not None:
                tracked.unfollow()
                tracked.unfollow = None


def _passing_us_over(original: Original) -> Original:
    """Return torch's function with a `weakref` module in which our references do not count."""
    if not isinstance(original, FunctionType):
        return original
    space = {**original.__globals__, "weakref": _theirs}
    code, defaults, closure = original.__code__, original.__defaults__, original.__closure__
    return FunctionType(code, space, original.__name__, defaults, closure)


def _find_theirs(thing: object) -> list[Any]:
    """Return the weak references to a tensor that are not ours.

    Of plain ones Python makes one for all who ask, so that the program's own cannot be told.
    """
    return [each for each in weakref.getweakrefs(thing) if not is_ours(each)]


_theirs = SimpleNamespace(**{**vars(weakref), "getweakrefs": _find_theirs})
