"""Readings by the compiled kernel: one pass over the memory of all tensors of an event.

Sums are in float64 whatever the type of the elements, in an order that neither the number of
threads nor the instruction set changes. What cannot be gone through by its address, torch reads.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import nan, sqrt
from pathlib import Path

import torch
from torch import Tensor

from backtrace.ledger.events import Reading
from backtrace.recording.kernels.kernel import Slot
from backtrace.recording.kernels.layouts import (
    NAMES,
    PLAIN_IDS,
    TYPES,
    WIDE,
    find_order,
    is_alike,
)
from backtrace.recording.kernels.native.library import Library, Work
from backtrace.recording.kernels.torch_kernel import TorchKernel

_Job = tuple[int, int, int, int, int, int]  # see Library.run
_Pair = tuple[Tensor, Tensor]
LARGE = 2**18  # bytes from which a line of each row tells whether a tensor was written to
_LINE = 64  # bytes; there are to be rows enough for each of their lines to be looked at in one
_SHORTEST, _PAGE = 1024, 4096  # bytes of which there is one, at least and at most


class NativeKernel(TorchKernel):
    """The kernel of tensors that lie dense in this machine's memory.

    Whether a large one was written to is told by one line of each row and of each page, another in
    each, so that no row and no column can be written over unseen; see docs/limits.md.

    After a step the copy has the value as it is, so that `is_same` can tell later whether it
    still is, and nothing has to be copied where it is.
    """

    def __init__(self, library: Library, values: int = 16, *, looks_at_all: bool = False) -> None:
        super().__init__(values)
        self._library = library
        library.use_team(Path(torch.__file__).parent)
        self._looks_at_all = looks_at_all

    def read(self, tensors: Sequence[Tensor]) -> list[Slot]:
        """Read the statistics of each tensor."""
        if len(tensors) == 1:
            return [self._read_one(tensors[0])]
        jobs = [self._find_job(tensor) for tensor in tensors]
        results = self._run("read", jobs)
        return [
            self._read(tensor)
            if job is None
            else _fill(tensor, NAMES[tensor.dtype], job[2], next(results))
            for tensor, job in zip(tensors, jobs, strict=True)
        ]

    def _read_one(self, tensor: Tensor) -> Slot:
        """Read one tensor, as each gradient is that has arrived."""
        job = self._find_job(tensor)
        if job is None:
            return self._read(tensor)
        (numbers,) = self._library.run("read", job, torch.get_num_threads())
        return _fill(tensor, NAMES[tensor.dtype], job[2], numbers)

    def read_totals(self, tensors: Sequence[Tensor]) -> list[Slot]:
        """Read each tensor's total, which is that of `read`: found in the same order."""
        jobs = [self._find_job(tensor) for tensor in tensors]
        results = self._run("total", jobs)
        slots = []
        for tensor, job in zip(tensors, jobs, strict=True):
            if job is None:
                slots.append(self._read_total(tensor))
            else:
                slots.append(Slot(next(results)[0]))
        return slots

    def _keep(self, value: Tensor, kept: Tensor | None) -> Tensor:
        """Return a copy of the value's own type and order in memory, in `kept` where it fits."""
        if self._find_job(value) is None:
            return super()._keep(value, kept)
        if kept is None or not is_alike(value, kept):
            kept = torch.empty_like(value)
        return kept.copy_(value)

    def read_steps(self, pairs: Sequence[_Pair]) -> list[tuple[Slot, Slot]]:
        """Read each change and value, and renew the copy, all in one pass."""
        jobs = [self._find_pair(value, kept) for value, kept in pairs]
        results = self._run("step", jobs)
        slots = []
        for (value, kept), job in zip(pairs, jobs, strict=True):
            if job is None:
                slots += super().read_steps([(value, kept)])
                continue
            name = NAMES[value.dtype]
            numbers = next(results)
            after = _fill(value, name, job[2], numbers[6:])
            after.is_kept = True
            slots.append((_fill(value, WIDE[value.dtype], job[2], numbers[:6]), after))
        return slots

    def is_same(self, pairs: Sequence[_Pair]) -> list[bool]:
        """Whether each value has bit for bit what its copy has, where it is looked at."""
        jobs = [self._find_pair(value, kept) for value, kept in pairs]
        results = self._run("same", jobs)
        return [job is not None and next(results)[0] == 1 for job in jobs]

    def _run(self, work: Work, jobs: Sequence[_Job | None]) -> Iterator[array[float]]:
        """Do at once what can be done by address; give the numbers of each such job."""
        given = [number for job in jobs if job is not None for number in job]
        return self._library.run(work, given, torch.get_num_threads()) if given else iter(())

    def _find_job(self, tensor: Tensor) -> _Job | None:
        """Return where the elements are; None where torch must read them."""
        if id(type(tensor)) not in PLAIN_IDS or not tensor.is_cpu:
            return None
        kind, count = TYPES.get(tensor.dtype), tensor.numel()
        if kind is None or count <= self._values or tensor.layout is not torch.strided:
            return None
        order = 1 if tensor.is_contiguous() else find_order(tensor)
        if not order or tensor.is_neg():
            return None
        size = tensor.element_size()
        address = tensor.data_ptr()  # as `find_address` does, without a call for each tensor
        held = tensor.untyped_storage().nbytes()
        if not address or held < (tensor.storage_offset() + count) * size:
            return None
        if count * size < LARGE or self._looks_at_all:
            return address, 0, count, kind, 0, 0
        rows = tensor.shape[-1 if order == 2 else 0]
        return address, 0, count, kind, *_find_stretch(rows, count * size // rows)

    def _find_pair(self, value: Tensor, kept: Tensor) -> _Job | None:
        job = self._find_job(value)
        if job is None or not is_alike(value, kept):
            return None
        return job[0], kept.data_ptr(), *job[2:]


@lru_cache(maxsize=4096)
def _find_stretch(rows: int, row: int) -> tuple[int, int]:
    """Return of how many bytes one line is looked at, and how often a row has as many.

    Args:
        rows: how many there are, one after the other in memory.
        row: the bytes of each.
    """
    most = min(_PAGE, _LINE * rows // 3)
    parts = range(-(-row // most), row // _SHORTEST + 1) if most >= _SHORTEST else ()
    return next(((row // count, count) for count in parts if row % count == 0), (0, 0))


def _fill(tensor: Tensor, dtype: str, count: int, numbers: array[float]) -> Slot:
    """Return the reading that six numbers of so many elements come to; a seventh is its total."""
    total, square, low, high, zeros, nonfinite, *marks = numbers
    norm, shape = sqrt(square) if square >= 0 else nan, tuple(tensor.shape)
    reading = Reading(shape, dtype, norm, total / count, low, high, int(zeros), int(nonfinite))
    return Slot(marks[0] if marks else total, reading)
