"""States that recurrent layers get back in a later update, cut off the graph; writes StateCarried.

Told of the calls of these layers by LayerCallSensor.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef

from backtrace.as_data import class_name
from backtrace.ledger.layer_facts import StateCarried
from backtrace.recording.frames import find_caller
from backtrace.recording.journal import Journal
from backtrace.recording.sensors.graph.due_counts import DueCounts
from backtrace.recording.weak_keys import weak_keys


@dataclass(frozen=True, slots=True)
class _Returned:
    """The memory of a state that a layer returned, as it was then."""

    memory: StorageWeakRef
    version: int
    at: float

    def is_in(self, state: Tensor) -> bool:
        """Whether a state is this one, cut off the graph and not written to since."""
        if state.grad_fn is not None or state._version != self.version:
            return False
        return bool(self.memory == _memory_of(state))


class CarriedStates:
    """Says of layers that they are given the state that they returned, detached."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._returned: MutableMapping[nn.Module, _Returned] = weak_keys()
        self._due = DueCounts(first=20)

    def layer_called(self, module: nn.Module, given: Tensor | None, made: Tensor | None) -> None:
        """A recurrent layer was called with a state, if any, and made one, each its first."""
        if not torch.is_grad_enabled():
            return
        before = self._returned.get(module)
        if before is not None and given is not None and before.is_in(given):
            self._write(module, before)
        if made is not None and made.grad_fn is not None:
            self._returned[module] = _Returned(_memory_of(made), made._version, self._journal.now())

    def _write(self, module: nn.Module, before: _Returned) -> None:
        where = find_caller()
        if self._due.is_due(where):
            kind = class_name(type(module))
            self._journal.write(StateCarried, where=where, type=kind, returned_at=before.at)


def _memory_of(tensor: Tensor) -> StorageWeakRef:
    """Return what knows a tensor's memory from any other, also when it is freed."""
    return StorageWeakRef(tensor.untyped_storage())  # type: ignore[no-untyped-call]
