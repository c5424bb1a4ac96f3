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

    `total` is the sum of the elements exactly as the kernel gave it, or of a large tensor what the
    lines come to that the kernel looks at: the same bytes give the same total, so it tells whether
    a tensor was written to. `is_kept` says that the copy which was given with a step holds the very
    bits that were read.
    """

    __slots__ = ("implicit_zeros", "is_kept", "reading", "tensor", "total")

    def __init__(self, total: float = nan, reading: Reading = UNREAD) -> None:
        self.is_kept = False
        self.total = total
        self.implicit_zeros = 0
        self.tensor: Tensor | None = None
        self.reading = reading


class Numbers:
    """Numbers that are on their way: `found` has them once the kernel has settled."""

    __slots__ = ("found",)

    def __init__(self, found: Sequence[float] = ()) -> None:
        self.found = found


class Transfer(Protocol):
    """Numbers that are being sent from a device."""

    def is_done(self) -> bool:
        """Whether they are here; this waits for nothing."""
        ...

    def wait(self) -> None:
        """Wait until they are here, and give every slot of theirs its reading."""
        ...


class Kernel(Protocol):
    """Reads tensors of any shape, layout and dtype, without a change to them.

    A reading shows a tensor as it is when it is asked for; its numbers may still be on the
    device, and `settle` fetches all of them. Tensors of one event are handed over together, so
    that a kernel can go through all of them in one call. `is_on_device` says that numbers are
    sent from a device, without anyone waiting for it.
    """

    is_on_device: bool

    def read(self, tensors: Sequence[Tensor]) -> list[Slot]:
        """Start reading the statistics of each tensor."""
        ...

    def read_totals(self, tensors: Sequence[Tensor]) -> list[Slot]:
        """Start reading only each tensor's `total`, bit for bit that of `read`."""
        ...

    def read_scalar(self, tensor: Tensor) -> Slot:
        """Start reading a tensor with one element; its number will be the slot's `total`."""
        ...

    def read_numbers(self, tensor: Tensor) -> Numbers:
        """Start fetching the elements of a tensor in one dimension, of float64."""
        ...

    def keep(self, pairs: Sequence[tuple[Tensor, Tensor | None]]) -> list[Tensor]:
        """Return an exact copy of each value, in the memory given with it where that fits."""
        ...

    def read_steps(self, pairs: Sequence[tuple[Tensor, Tensor]]) -> list[tuple[Slot, Slot]]:
        """Start reading what a step did to each value, given with what `keep` made of it before.

        Returns the slots of the change and of the value as it is. What the copy holds afterwards
        is the kernel's own affair, unless the value's slot says that it is the value: `keep` comes
        before the next step.
        """
        ...

    def is_same(self, pairs: Sequence[tuple[Tensor, Tensor]]) -> list[bool]:
        """Whether each value has bit for bit what the copy has that a slot said is kept.

        Of a large one a kernel may look at a part.
        """
        ...

    def send(self) -> Transfer | None:
        """Have all that was started sent here; None where it is here already."""
        ...

    def settle(self) -> None:
        """Fetch everything that is waiting: afterwards every slot has its reading."""
