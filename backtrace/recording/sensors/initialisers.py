"""Values that `torch.nn.init` filled: wraps its functions, and writes FilledAlike, DrawnLarge.

And StatementIdle of what was filled in vain: a weight that a parametrization computes of others.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from math import sqrt
from types import FunctionType
from typing import Any

from torch import Tensor, nn
from torch.nn import Parameter, init

from backtrace.as_data import attributes_of
from backtrace.explain.graph import module_tree
from backtrace.ledger.events import Reading
from backtrace.ledger.filled_facts import DrawnLarge, FilledAlike
from backtrace.ledger.source_facts import StatementIdle
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller, find_frames
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.tensors.graph_leaves import find_leaves
from backtrace.recording.tensors.tracked import Register
from backtrace.recording.weak_keys import weak_tensor_keys

_LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)  # outputs come first in their weights
_CONSTANT = ("constant_", "zeros_", "ones_")
_LARGE = 4.0  # Kaiming's for a ReLU is 1.41, torch's own of a Linear 0.58
_MOST_LEAVES = 4  # that one weight is computed of


class InitialiserSensor:
    """Knows the line that filled a tensor, until somebody asks for it: an edit has it from here.

    `lines` has that and the function's name, of each tensor that was filled since.
    """

    def __init__(self, instrument: Instrument, accounts: TensorAccounts) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._journal = accounts.journal
        self.lines: MutableMapping[Tensor, tuple[str, str]] = weak_tensor_keys()
        self._in_vain: set[str] = set()

    def install(self) -> None:
        """Wrap all functions that fill a tensor: those whose names end so, as torch's do."""
        for name, function in list(vars(init).items()):
            is_public = name.endswith("_") and not name.startswith("_")
            if is_public and isinstance(function, FunctionType):
                self._patches.wrap(init, name, self._around)

    @skip_in_warning_stacklevel
    def _around(self, original: Original, *args: object, **kwargs: object) -> Any:
        result = original(*args, **kwargs)
        self._notify("torch.nn.init", self._filled, original.__name__, args)
        return result

    def _filled(self, name: str, args: tuple[object, ...]) -> None:
        if not args or not isinstance(args[0], Tensor):
            return
        line = find_caller()
        self.lines[args[0]] = name, line
        if line in self._in_vain or not _is_computed_weight(args[0]):
            return
        own, nearest = find_frames()
        if own is nearest is not None:
            self._in_vain.add(line)
            self._journal.write(
                StatementIdle, where=line, function="", text=name, why="computed", instead=""
            )

    def opened(self, name: str, tensor: Tensor, value: Reading | None) -> None:
        """A tensor was read for the first time: write where one number was put everywhere."""
        by, line = self.lines.pop(tensor, ("", ""))
        is_matrix = value is not None and len(value.shape) > 1 and value.numel > 1
        if by in _CONSTANT and value is not None and is_matrix and value.min == value.max:
            self._journal.write(FilledAlike, where=line, name=name)
        if value is None or not is_matrix or not value.norm > 0:
            return
        gain = value.norm / sqrt(value.shape[0])  # the root mean square, times that of the fan-in
        if gain > _LARGE and _is_of_layer(tensor, self._register):
            self._journal.write(DrawnLarge, where=line, name=name, gain=gain)

    def pop_lines(self) -> dict[str, str]:
        """Return where tracked tensors were filled since this was asked last, by their names."""
        pairs = [(tracked, tensor) for tracked, tensor in self._register if tensor in self.lines]
        return {tracked.name: self.lines.pop(tensor)[1] for tracked, tensor in pairs}


def _is_of_layer(tensor: Tensor, register: Register) -> bool:
    """Whether a tensor is the weight of a Linear or a convolution."""
    parts = (part for _, model in register.models for part in module_tree.modules(model))
    return any(
        attributes_of(part).get("_parameters", {}).get("weight") is tensor
        for part in parts
        if issubclass(type(part), _LAYERS)
    )


def _is_computed_weight(tensor: Tensor) -> bool:
    """Whether a tensor is computed of parameters alone, one of its shape among them.

    That is what `weight_norm` and others make of a layer's weight whenever it is read or used. A
    view of a parameter is none: what is written to it is the parameter's. Whether it is a view is
    asked first, since torch raises where a view made under `no_grad` is asked for its `grad_fn`
    once its base was written to.
    """
    if tensor._is_view() or tensor.grad_fn is None:
        return False
    leaves = find_leaves([tensor])
    return (
        0 < len(leaves) <= _MOST_LEAVES
        and all(issubclass(type(leaf), Parameter) for leaf in leaves)
        and any(leaf.shape == tensor.shape for leaf in leaves)
    )
