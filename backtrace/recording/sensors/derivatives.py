"""Derivatives that `torch.autograd.grad` returns: wraps it, and writes DerivativeTaken."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from backtrace.ledger.layer_facts import DerivativeTaken
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.kernels.finiteness import is_one
from backtrace.recording.sensors.graph.autograd_nodes import tensors_in
from backtrace.recording.sensors.graph.axis_norms import is_derivative, mark_derivatives

_FEW = 8  # coordinates: of more, as of a picture's elements, a sum may be what is meant


class DerivativeSensor:
    """Tells of derivatives by what is no parameter, such as a model's input."""

    def __init__(self, instrument: Instrument, accounts: TensorAccounts) -> None:
        self._patches = instrument.patches
        self._switch = instrument.switch
        self._notify = instrument.boundary.notify
        self._journal = accounts.journal

    def install(self) -> None:
        """Wrap the function."""
        self._patches.wrap(torch.autograd, "grad", self._around)

    @skip_in_warning_stacklevel
    def _around(self, original: Original, *args: object, **kwargs: object) -> Any:
        self._switch(on=False)
        try:
            result = original(*args, **kwargs)
        finally:
            self._switch(on=True)
        self._notify("derivatives", self._taken, args, kwargs, result)
        return result

    def _taken(self, args: tuple[object, ...], kwargs: dict[str, object], result: object) -> None:
        by = args[1] if len(args) > 1 else kwargs.get("inputs")
        outputs = args[0] if args else kwargs.get("outputs")
        mixed = 0
        if not kwargs.get("is_grads_batched"):
            weights = args[2] if len(args) > 2 else kwargs.get("grad_outputs")
            mixed = _count_mixed(outputs, by, weights)
            mark_derivatives(outputs, by, result)
        own = [tensor for tensor in tensors_in(by) if not isinstance(tensor, nn.Parameter)]
        if own:
            has_graph = any(tensor.requires_grad for tensor in tensors_in(result))
            shape = tuple(map(int, own[0].shape))
            self._journal.write(DerivativeTaken, has_graph=has_graph, shape=shape, mixed=mixed)


def _count_mixed(outputs: object, by: object, weights: object) -> int:
    """Return how many columns of a derivative are derived at once by as many; 0 where none are.

    All are weighed by ones: random weights estimate a trace.
    """
    given, first, ones = (list(tensors_in(each)) for each in (outputs, by, weights))
    if not len(given) == len(first) == len(ones) == 1:
        return 0
    shape = given[0].shape
    is_of_columns = len(shape) == 2 and 1 < shape[1] <= _FEW and shape == first[0].shape
    if not is_of_columns or not is_derivative(given[0]) or isinstance(first[0], nn.Parameter):
        return 0
    return int(shape[1]) if is_one(ones[0]) else 0
