"""Reductions over ranks: notes DDP's forwards, reads `.grad` after a backward, writes GradsReduced.

The hooks of a leaf fire with what this rank's backward adds. What DDP's all-reduce makes of it is
there when `backward` returns.
"""

from __future__ import annotations

import weakref

from torch import nn

from backtrace.ledger.events import Entry, GradsReduced
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.sensors.arrivals import ArrivalSensor
from backtrace.recording.tensors.inspection import read_stamp
from backtrace.recording.tensors.wrappers import awaits_reduction, is_wrapper


class ReductionSensor:
    """Enters what became of the gradients that a wrapper reduced."""

    def __init__(self, accounts: TensorAccounts, arrivals: ArrivalSensor) -> None:
        self._register = accounts.register
        self._inspector = accounts.inspector
        self._kernel = accounts.kernel
        self._journal = accounts.journal
        self._arrivals = arrivals
        self._waiting: dict[int, weakref.ref[nn.Module]] = {}

    def module_called(self, module: nn.Module) -> None:
        """Take note of a wrapper whose next backward reduces; any module's call comes here."""
        if is_wrapper(module):
            self._waiting.pop(id(module), None)
            if awaits_reduction(module):
                self._waiting[id(module)] = weakref.ref(module)

    def backward_ended(self) -> None:
        """Enter the reductions of a backward, if it reached a wrapper that waits for one."""
        for key, ref in list(self._waiting.items()):
            wrapper = ref()
            if wrapper is None or self._write(wrapper):
                del self._waiting[key]

    def _write(self, wrapper: nn.Module) -> bool:
        pairs = [
            (tracked, tensor)
            for tracked, tensor in self._register.tracked_of(wrapper)
            if tensor.grad is not None
        ]
        if not any(tracked.name in self._arrivals.reached for tracked, _ in pairs):
            return False
        before = {tracked.name: tracked.grad for tracked, _ in pairs}
        self._inspector.restamp_grads(pairs)
        self._kernel.settle()
        entries = {
            tracked.name: Entry(read_stamp(before[tracked.name]), read_stamp(tracked.grad))
            for tracked, _ in pairs
        }
        self._journal.write(GradsReduced, by=type(wrapper).__name__, grads=entries)
        return True
