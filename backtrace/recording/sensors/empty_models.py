"""Modules that are called and hold no parameter where their layers had some: writes CalledEmpty."""

from __future__ import annotations

from collections.abc import MutableMapping

from torch import Tensor, nn

from backtrace.as_data import attributes_of, class_module, class_name
from backtrace.explain.graph import module_tree
from backtrace.ledger.state_facts import CalledEmpty
from backtrace.recording.frames import find_caller
from backtrace.recording.journal import Journal
from backtrace.recording.weak_keys import weak_keys

_MOST = 100  # lines
# The modules of torch's that hold layers with weights; a loss has a weight that is none.
_LAYERS = frozenset(
    f"torch.nn.modules.{name}"
    for name in ("batchnorm", "conv", "linear", "normalization", "rnn", "sparse")
)


class EmptyModels:
    """Looks once at each module that no other calls, and that is no part of a model."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._is_empty: MutableMapping[nn.Module, bool] = weak_keys()
        self._told: set[str] = set()

    def called(self, module: nn.Module) -> None:
        """Enter the call of a module without parameters, once for each line."""
        is_empty = self._is_empty.get(module)
        if is_empty is None:
            is_empty = self._is_empty[module] = _is_emptied(module)
        if is_empty and len(self._told) < _MOST and (where := find_caller()) not in self._told:
            self._told.add(where)
            self._journal.write(CalledEmpty, where=where, type=class_name(type(module)))


def _is_emptied(module: nn.Module) -> bool:
    """Whether there is no parameter, and a layer of torch's has a tensor in a weight's place."""
    if any(True for _ in module_tree.parameters(module)):
        return False
    return any(_has_plain_weight(part) for part in module_tree.modules(module))


def _has_plain_weight(layer: nn.Module) -> bool:
    if class_module(type(layer)) not in _LAYERS:
        return False
    plain = attributes_of(layer).get("weight", module_tree.own_buffers(layer).get("weight"))
    return issubclass(type(plain), Tensor)
