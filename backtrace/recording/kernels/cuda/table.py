"""Where the elements of many tensors are, laid out for the programs on the device."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

import numpy
import torch
from torch import Tensor

_CHUNK = 16384  # elements of a program; `programs.CHUNK` says the same
_MOST = 64  # tables that are kept: an update has a few events, and memory is given out alike

Job = tuple[int, int, int]  # the address of the elements, that of their copy or 0, how many


class Table(NamedTuple):
    """What `programs` take: the numbers on the device, of how many tensors, in how many chunks."""

    numbers: Tensor
    tensors: int
    chunks: int


class Tables:
    """Makes tables, and has those at hand that the updates before needed."""

    def __init__(self) -> None:
        self._made: OrderedDict[tuple[torch.device, tuple[Job, ...]], Table] = OrderedDict()

    def find(self, device: torch.device, jobs: Sequence[Job]) -> Table:
        """Return the table of tensors that are on `device`; nothing waits for the device."""
        key = (device, tuple(jobs))
        table = self._made.pop(key, None)
        if table is None:
            table = _make(device, jobs)
            if len(self._made) >= _MOST:
                self._made.popitem(last=False)
        self._made[key] = table
        return table


def _make(device: torch.device, jobs: Sequence[Job]) -> Table:
    addresses, copies, sizes = numpy.array(jobs, numpy.int64).T
    counts = -(-sizes // _CHUNK)
    firsts = numpy.concatenate(([0], numpy.cumsum(counts)))
    owners = numpy.repeat(numpy.arange(len(jobs)), counts)
    numbers = torch.from_numpy(numpy.concatenate((addresses, copies, sizes, firsts, owners)))
    if device.type == "cuda":
        numbers = numbers.pin_memory().to(device, non_blocking=True)
    return Table(numbers, len(jobs), len(owners))
