"""What every kernel does: the statistics of many tensors at one event, whatever computes them."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import Protocol

from torch import Tensor

from backtrace.ledger.events import Reading

UNREAD = Reading((), "", nan, nan, nan, nan, 0, 0)


class Slot:
    """A reading that is on its way: `reading` is there once the kernel has settled.

    `total` is the sum of the elements exactly as the kernel gave it: the same bytes give the
    same total, so it tells whether a tensor was written to. `is_kept` says that the copy which
    was given with a step holds the very bits that were read.
    """

    __slots__ = ("implicit_zeros", "is_kept", "reading", "tensor", "total")

    def __init__(self) -> None:
        self.is_kept = False
        self.total = nan
        self.implicit_zeros = 0
        self.tensor: Tensor | None = None
        self.reading: Reading = UNREAD


class Kernel(Protocol):
    """Reads tensors of any shape, layout and dtype, without a change to them.

    A reading shows a tensor as it is when it is asked for; its numbers may still be on the
    device, and `settle` fetches all of them. Tensors of one event are handed over together, so
    that a kernel can go through all of them in one call.
    """

    def read(self, tensors: Sequence[Tensor]) -> list[Slot]:
        """Start reading the statistics of each tensor."""
        ...

    def read_totals(self, tensors: Sequence[Tensor]) -> list[Slot]:
        """Start reading only each tensor's `total`, bit for bit that of `read`."""
        ...

    def read_scalar(self, tensor: Tensor) -> Slot:
        """Start reading a tensor with one element; its number will be the slot's `total`."""
        ...

    def keep(self, value: Tensor, kept: Tensor | None) -> Tensor:
        """Return an exact copy of `value`, in the memory of `kept` where that fits."""
        ...

    def read_steps(self, pairs: Sequence[tuple[Tensor, Tensor]]) -> list[tuple[Slot, Slot]]:
        """Start reading what a step did to each value, given with what `keep` made of it before.

        Returns the slots of the change and of the value as it is. What the copy holds afterwards
        is the kernel's own affair, unless the value's slot says that it is the value: `keep` comes
        before the next step.
        """
        ...

    def is_same(self, pairs: Sequence[tuple[Tensor, Tensor]]) -> list[bool]:
        """Whether each value has bit for bit what the copy has that a slot said is kept."""
        ...

    def settle(self) -> None:
        """Fetch everything that is waiting: afterwards every slot has its reading."""
