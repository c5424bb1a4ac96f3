"""Reductions over ranks: notes DDP's forwards, reads `.grad` after a backward, writes GradsReduced.

The hooks of a leaf fire with what this rank's backward adds. What DDP's all-reduce makes of it is
there when `backward` returns. One that is called by hand, `all_reduce(p.grad)`, is taken note of:
what is then found to have changed was changed by it, and by what follows it at once.
"""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from backtrace.as_data import class_name
from backtrace.ledger.events import Entry, GradsReduced
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.sensors.arrivals import ArrivalSensor
from backtrace.recording.tensors.inspection import read_stamp
from backtrace.recording.tensors.shards import held
from backtrace.recording.tensors.wrappers import (
    awaits_reduction,
    frozen_in,
    ignored_by,
    is_wrapper,
)


class ReductionSensor:
    """Enters what became of the gradients that a wrapper reduced."""

    def __init__(
        self, instrument: Instrument, accounts: TensorAccounts, arrivals: ArrivalSensor
    ) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._inspector = accounts.inspector
        self._kernel = accounts.kernel
        self._journal = accounts.journal
        self._arrivals = arrivals
        self._waiting: dict[int, weakref.ref[nn.Module]] = {}
        self._are_wrappers: dict[int, tuple[bool, type]] = {}  # by the id of a class that is held
        self._left_out: weakref.WeakKeyDictionary[nn.Module, frozenset[int]] = (
            weakref.WeakKeyDictionary()
        )
        self._is_by_hand = False

    def install(self) -> None:
        """Wrap `all_reduce` and `reduce` of torch.distributed, where this torch has them."""
        if torch.distributed.is_available():
            from torch.distributed import distributed_c10d

            for name in ("all_reduce", "reduce"):
                self._patches.wrap(distributed_c10d, name, self._around)

    @skip_in_warning_stacklevel
    def _around(self, original: Original, tensor: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(tensor, *args, **kwargs)
        self._notify("all_reduce", self._called_by_hand, tensor)
        return result

    def _called_by_hand(self, tensor: object) -> None:
        """Take note of a reduction of a gradient, or of some in a row in one tensor."""
        if not isinstance(tensor, Tensor):
            return
        grads = [each.grad for _, each in self._register if each.grad is not None]
        place = tensor.untyped_storage().data_ptr()
        is_one = any(held(grad).untyped_storage().data_ptr() == place for grad in grads)
        if is_one or _is_of_several(tensor, grads):
            self._is_by_hand = True

    def write_edits(self, entries: Mapping[str, Entry]) -> bool:
        """Enter what an all-reduce by hand has changed; False where there was none."""
        if self._is_by_hand:
            self._is_by_hand = False
            self._journal.write(GradsReduced, by="all_reduce", grads=entries)
            return True
        return False

    def module_called(self, module: nn.Module) -> None:
        """Take note of a wrapper whose next backward reduces; any module's call comes here."""
        kind = type(module)
        if id(kind) not in self._are_wrappers:  # asked of every module's call
            self._are_wrappers[id(kind)] = is_wrapper(module), kind
        if self._are_wrappers[id(kind)][0]:
            self._waiting.pop(id(module), None)
            if module not in self._left_out:
                self._left_out[module] = frozen_in(module) | ignored_by(module)
            if awaits_reduction(module):
                self._waiting[id(module)] = weakref.ref(module)

    def backward_ended(self) -> None:
        """Enter the reductions of a backward, if it reached a wrapper that waits for one."""
        for key, ref in list(self._waiting.items()):
            wrapper = ref()
            if wrapper is None or self._write(wrapper):
                del self._waiting[key]

    def _write(self, wrapper: nn.Module) -> bool:
        left_out = self._left_out.get(wrapper, frozenset())
        pairs = [
            (tracked, tensor)
            for tracked, tensor in self._register.tracked_of(wrapper)
            if tensor.grad is not None and id(tensor) not in left_out
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
        self._journal.write(GradsReduced, by=class_name(type(wrapper)), grads=entries)
        return True


def _is_of_several(tensor: Tensor, grads: list[Tensor]) -> bool:
    """Whether a tensor is as long as at least two gradients in a row are together."""
    wanted, first, count = tensor.numel(), 0, 0
    for last, grad in enumerate(grads):
        count += grad.numel()
        while count > wanted:
            count -= grads[first].numel()
            first += 1
        if count == wanted and first < last:
            return True
    return False
