"""Hands each tensor to whoever reads it on its device: those on CUDA, together, to Triton."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import TYPE_CHECKING, TypeVar

import torch
from torch import Tensor

from backtrace.recording.kernels.kernel import Kernel, Numbers, Slot, Transfer
from backtrace.recording.kernels.layouts import PLAIN_IDS, TYPES, find_address, find_order, is_alike

if TYPE_CHECKING:
    from backtrace.recording.kernels.cuda.reader import CudaReader

_INTEGERS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)
Pair = tuple[Tensor, Tensor]
_Given = TypeVar("_Given")
_Read = TypeVar("_Read")


class DeviceKernel:
    """A kernel for programs that may train on a CUDA device.

    `home` reads what is in this machine's memory, and what the device's programs cannot go
    through. Where Triton cannot be used, which shows at the first tensor that is on a device,
    `home` reads everything.
    """

    def __init__(self, home: Kernel, values: int) -> None:
        self._home = home
        self._values = values
        self._reader: CudaReader | None = None
        self._is_tried = False
        self.is_on_device = False

    def read(self, tensors: Sequence[Tensor]) -> list[Slot]:
        """Start reading the statistics of each tensor."""
        there = [self._is_readable(tensor) for tensor in tensors]
        if self._reader is None or not any(there):
            return self._home.read(tensors)
        here = self._home.read(_others(tensors, there))
        return _merge(there, self._reader.read([*compress(tensors, there)]), here)

    def read_totals(self, tensors: Sequence[Tensor]) -> list[Slot]:
        """Start reading each tensor's total; on a device that takes no less than all of it."""
        there = [self._is_readable(tensor) for tensor in tensors]
        if self._reader is None or not any(there):
            return self._home.read_totals(tensors)
        here = self._home.read_totals(_others(tensors, there))
        return _merge(there, self._reader.read([*compress(tensors, there)]), here)

    def read_scalar(self, tensor: Tensor) -> Slot:
        """Start reading a tensor with one element."""
        if self._is_readable(tensor) and self._reader is not None:
            return self._reader.read([tensor])[0]
        return self._home.read_scalar(tensor)

    def read_numbers(self, tensor: Tensor) -> Numbers:
        """Start fetching the elements of a tensor in one dimension, of float64."""
        if self._is_readable(tensor) and self._reader is not None:
            return self._reader.read_numbers(tensor)
        return self._home.read_numbers(tensor)

    def keep(self, pairs: Sequence[tuple[Tensor, Tensor | None]]) -> list[Tensor]:
        """Return an exact copy of each value; on a device of its own type, many at once."""
        there = [self._is_dense(value) for value, _ in pairs]
        if self._reader is None or not any(there):
            return self._home.keep(pairs)
        here = self._home.keep(_others(pairs, there))
        return _merge(there, self._reader.keep([*compress(pairs, there)]), here)

    def read_steps(self, pairs: Sequence[Pair]) -> list[tuple[Slot, Slot]]:
        """Start reading what a step did to each value."""
        there = [self._is_dense(value) and is_alike(value, kept) for value, kept in pairs]
        if self._reader is None or not any(there):
            return self._home.read_steps(pairs)
        here = self._home.read_steps(_others(pairs, there))
        return _merge(there, self._reader.read_steps([*compress(pairs, there)]), here)

    def is_same(self, pairs: Sequence[Pair]) -> list[bool]:
        """Whether each value has bit for bit what its copy has; on a device none is said to."""
        return self._home.is_same(pairs)

    def send(self) -> Transfer | None:
        """Have what is on a device sent; what torch reads there is waited for."""
        self._home.send()
        return None if self._reader is None else self._reader.send()

    def settle(self) -> None:
        """Fetch everything that is waiting."""
        if self._reader is not None:
            self._reader.settle()
        self._home.settle()

    def _is_readable(self, tensor: Tensor) -> bool:
        """Whether the device's programs can read a tensor; integers as a copy in float64."""
        if id(type(tensor)) in PLAIN_IDS and tensor.is_cuda and tensor.dtype in _INTEGERS:
            return self._has_reader(tensor.device) and tensor.layout is torch.strided
        return self._is_dense(tensor)

    def _is_dense(self, tensor: Tensor) -> bool:
        """Whether the device's programs can go through a tensor's own memory."""
        if id(type(tensor)) not in PLAIN_IDS or not tensor.is_cuda or tensor.dtype not in TYPES:
            return False
        return (
            self._has_reader(tensor.device)
            and tensor.numel() > 0
            and find_order(tensor) > 0
            and not tensor.is_neg()
            and find_address(tensor) > 0
        )

    def _has_reader(self, device: torch.device) -> bool:
        if not self._is_tried:
            from backtrace.recording.kernels.cuda.available import find_reader

            self._is_tried = True
            self._reader = find_reader(device, self._values)
            self.is_on_device = self._reader is not None
        return self._reader is not None


def _others(given: Sequence[_Given], there: Sequence[bool]) -> list[_Given]:
    return [each for each, is_there in zip(given, there, strict=True) if not is_there]


def _merge(there: Sequence[bool], read: Sequence[_Read], here: Sequence[_Read]) -> list[_Read]:
    """Return what was read in the order in which it was given."""
    found, others = iter(read), iter(here)
    return [next(found if is_there else others) for is_there in there]
