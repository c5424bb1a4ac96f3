"""Readings of tensors that lie dense on a CUDA device: two launches, and one transfer.

Nothing waits for the device before `settle`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from math import nan, sqrt
from typing import NamedTuple

import torch
from torch import Tensor

from backtrace.ledger.events import Reading
from backtrace.recording.kernels.cuda import programs
from backtrace.recording.kernels.cuda.outbox import Outbox
from backtrace.recording.kernels.cuda.table import Job, Tables
from backtrace.recording.kernels.kernel import Numbers, Slot, Transfer
from backtrace.recording.kernels.layouts import NAMES, TYPES, WIDE, is_alike
from backtrace.recording.kernels.torch_kernel import finish_few

_ROW = 8  # numbers of a reading, before its single values; `programs.ROW` says the same
_FEWEST = 16  # places for single values: a program is made for each power of two


class _Unread(NamedTuple):
    """A slot whose numbers are on the device, and what is known of its tensor."""

    slot: Slot
    shape: tuple[int, ...]
    dtype: str
    size: int


class CudaReader:
    """Starts readings; `settle` fetches their numbers.

    Its methods take tensors of which `find_address` tells where the elements are, of any of
    `layouts.TYPES` (or, to be read only, of integers), with at least one element. `values` is the
    largest number of elements that are kept one by one.
    """

    def __init__(self, values: int) -> None:
        self._values = values
        self._places = max(_FEWEST, 1 << (values - 1).bit_length())
        self._tables = Tables()
        self._outbox = Outbox()

    def read(self, tensors: Sequence[Tensor]) -> list[Slot]:
        """Start reading the statistics of each tensor."""
        slots = [Slot() for _ in tensors]
        groups = defaultdict(list)
        for tensor, slot in zip(tensors, slots, strict=True):
            source = tensor if tensor.dtype in TYPES else _widen(tensor)
            groups[source.device, source.dtype].append((source, tensor, slot))
        for (device, dtype), found in groups.items():
            jobs = [(source.data_ptr(), 0, source.numel()) for source, _, _ in found]
            unread = [_describe(slot, tensor) for _, tensor, slot in found]
            self._launch(device, dtype, jobs, unread, steps=False)
        return slots

    def read_steps(self, pairs: Sequence[tuple[Tensor, Tensor]]) -> list[tuple[Slot, Slot]]:
        """Start reading each change since the copy, which is like the value, and each value."""
        slots = [(Slot(), Slot()) for _ in pairs]
        groups = defaultdict(list)
        for (value, kept), both in zip(pairs, slots, strict=True):
            groups[value.device, value.dtype].append((value, kept, both))
        for (device, dtype), found in groups.items():
            jobs = [(v.data_ptr(), k.data_ptr(), v.numel()) for v, k, _ in found]
            changes = [_describe(both[0], v)._replace(dtype=WIDE[dtype]) for v, _, both in found]
            values = [_describe(both[1], v) for v, _, both in found]
            self._launch(device, dtype, jobs, changes + values, steps=True)
        return slots

    def keep(self, pairs: Sequence[tuple[Tensor, Tensor | None]]) -> list[Tensor]:
        """Return a copy of each value like it, in the memory given with it where that fits."""
        values = [value for value, _ in pairs]
        copies = [
            kept if kept is not None and is_alike(value, kept) else torch.empty_like(value)
            for value, kept in pairs
        ]
        torch._foreach_copy_(copies, values)
        return copies

    def read_numbers(self, tensor: Tensor) -> Numbers:
        """Start fetching the elements of a tensor in one dimension, of float64."""
        numbers = Numbers()
        self._outbox.put(tensor.detach(), partial(setattr, numbers, "found"))
        return numbers

    def send(self) -> Transfer | None:
        """Have all numbers sent that were not yet; None where nothing is on its way."""
        return self._outbox.send()

    def settle(self) -> None:
        """Wait for the numbers of all readings that were started."""
        transfer = self._outbox.send()
        if transfer is not None:
            transfer.wait()

    def _launch(
        self,
        device: torch.device,
        dtype: torch.dtype,
        jobs: Sequence[Job],
        unread: list[_Unread],
        *,
        steps: bool,
    ) -> None:
        numbers, tensors, chunks = self._tables.find(device, jobs)
        sides, kind, width = 1 + steps, TYPES[dtype], _ROW + self._places
        parts = torch.empty(sides * chunks * _ROW, dtype=torch.float64, device=device)
        results = torch.empty((sides * tensors, width), dtype=torch.float64, device=device)
        with torch.cuda.device(device):
            programs.read_chunks[(chunks,)](
                numbers, parts, tensors, chunks, kind=kind, steps=steps, num_warps=8
            )
            programs.add_chunks[(sides * tensors,)](
                numbers, parts, results, width, tensors, chunks,
                kind=kind, steps=steps, values=self._values, few=self._places,
            )  # fmt: skip
        self._outbox.put(results.reshape(-1), partial(_finish, unread, width, self._values))


def _describe(slot: Slot, tensor: Tensor) -> _Unread:
    dtype = NAMES.get(tensor.dtype) or str(tensor.dtype).removeprefix("torch.")
    return _Unread(slot, tuple(tensor.shape), dtype, tensor.numel())


def _widen(integers: Tensor) -> Tensor:
    """Return integers as float64, which is exact below 2**53, one after another in memory."""
    return integers.detach().to(torch.float64, memory_format=torch.contiguous_format)


def _finish(unread: list[_Unread], width: int, values: int, numbers: Sequence[float]) -> None:
    """Give each slot its reading, out of rows of so many numbers."""
    for at, (slot, shape, dtype, size) in enumerate(unread):
        row = numbers[at * width : (at + 1) * width]
        if size <= values:
            finish_few(slot, list(row[_ROW : _ROW + size]), shape, dtype, None)
            continue
        total, square, low, high, zeros, nonfinite, nans = row[:7]
        if nans:
            low = high = nan
        norm = nan if nans else sqrt(square)
        slot.total = total
        slot.reading = Reading(
            shape, dtype, norm, total / size, low, high, int(zeros), int(nonfinite)
        )
