"""Dropout as a function: wraps it, and writes DroppedInEvaluation where it should not drop.

And batch norm as one: writes NormedByBatch where it should go by its running statistics.
Layers of dropout follow the mode of the module that holds them; the function follows its
`training`, which is True unless it is told otherwise, and a layer that nothing holds its own.
"""

from __future__ import annotations

import re
import sys
import weakref
from collections.abc import Set
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.nn.modules import batchnorm

from backtrace.explain.graph import module_tree
from backtrace.ledger.layer_facts import DroppedInEvaluation, NormedByBatch
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller, read_caller_statement
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.dropout_shares import DropoutShares
from backtrace.recording.sensors.graph.due_counts import DueCounts

_LAYERS = {each.forward.__code__.co_filename for each in (nn.Dropout, nn.MultiheadAttention)}
_FUNCTIONS = ("dropout", "dropout1d", "dropout2d", "dropout3d")  # they drop unless told not to
_NORMS = {batchnorm.__file__}
_ALWAYS = re.compile(r"training=True|,True[,)]")
_MEAN, _TRAINING = 1, 5  # places among the arguments of batch norm


class DropoutSensor:
    """Told which models are called; looks at dropout within them, in evaluation mode above all."""

    def __init__(
        self, instrument: Instrument, accounts: TensorAccounts, shares: DropoutShares
    ) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._journal = accounts.journal
        self._resting: list[nn.Module] = []
        self._model: weakref.ref[nn.Module] | None = None
        self._shares = shares
        self._due = DueCounts(first=3)

    def install(self) -> None:
        """Wrap the functions where layers and users call them."""
        for name in _FUNCTIONS:
            self._patches.wrap(functional, name, partial(self._around, f"F.{name}"))
        self._patches.wrap(functional, "batch_norm", self._around_norm)

    def model_began(self, module: nn.Module) -> None:
        """A model is called; one in training mode ends what an exception left open."""
        self._model = weakref.ref(module)
        if module_tree.is_training(module):
            self._resting.clear()
            return
        if not self._resting:
            self._shares.evaluated_at = find_caller()
        self._resting.append(module)

    def model_ended(self, module: nn.Module) -> None:
        """It returned."""
        if self._resting and self._resting[-1] is module:
            self._resting.pop()

    @skip_in_warning_stacklevel
    def _around(self, name: str, original: Original, *args: object, **kwargs: object) -> Any:
        result = original(*args, **kwargs)
        if self._model is not None:
            self._notify("dropout", self._called, name, args, kwargs, torch.is_grad_enabled())
        return result

    def _called(
        self,
        name: str,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        is_grad_enabled: bool,
    ) -> None:
        layer = _find_layer()
        if layer is not None:
            if self._resting and not is_grad_enabled and not _is_part(layer, self._resting[-1]):
                self._dropped(find_caller(), args[1] if len(args) > 1 else 0.0, by_layer=True)
            if not isinstance(layer, nn.MultiheadAttention):
                return
        share = kwargs.get("p", args[1] if len(args) > 1 else 0.5)
        model = self._model() if self._model is not None else None
        where = find_caller()
        if model is not None and (self._resting or is_grad_enabled):
            resting = bool(self._resting)
            self._shares.called(model, where, name, share, is_evaluating=resting)
        if layer is None and self._resting and not is_grad_enabled:
            told = kwargs.get("training", args[2] if len(args) > 2 else True)
            if told is True and not _says_when(read_caller_statement()):
                self._dropped(where, share)

    @skip_in_warning_stacklevel
    def _around_norm(self, original: Original, *args: object, **kwargs: object) -> Any:
        result = original(*args, **kwargs)
        if self._resting and args[_TRAINING] is True and not torch.is_grad_enabled():
            self._notify("batch norm", self._normed, args[_MEAN])
        return result

    def _normed(self, mean: object) -> None:
        """It went by a batch within a model in evaluation mode, whose own statistics it has."""
        where, model = find_caller(), self._resting[-1]
        is_own = mean is not None and any(each is mean for each in module_tree.buffers(model))
        if not is_own or not self._due.is_due(where) or _find_layer(_NORMS) is not None:
            return
        if _ALWAYS.search(read_caller_statement().replace(" ", "")):
            self._journal.write(NormedByBatch, where=where, module=self._register.name_of(model))

    def _dropped(self, where: str, share: object, *, by_layer: bool = False) -> None:
        """It dropped within a model in evaluation mode, and no variable of the user's said so."""
        if not isinstance(share, float | int) or not share:
            return
        if self._due.is_due(where):
            name = self._register.name_of(self._resting[-1])
            self._journal.write(
                DroppedInEvaluation, where=where, module=name, share=share, by_layer=by_layer
            )


def _says_when(statement: str) -> bool:
    """Whether a variable of the user's says whether it drops, as for draws of an answer."""
    said = statement.replace(" ", "")
    return "training=" in said and "training=True" not in said


def _find_layer(files: Set[str] = _LAYERS) -> nn.Module | None:
    """Return the layer of torch's, in one of its files, that made the call, None of a function."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename not in files:
        if frame.f_code.co_name == "_call_impl":
            return None
        frame = frame.f_back  # type: ignore[assignment]
    layer = None if frame is None else frame.f_locals["self"]
    return layer if isinstance(layer, nn.Module) else None


def _is_part(layer: nn.Module, model: nn.Module) -> bool:
    """Whether `eval()` of a model reaches a layer, or the layer drops nothing."""
    if not module_tree.is_training(layer):
        return True
    return any(each is layer for each in module_tree.modules(model))
