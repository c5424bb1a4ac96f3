"""What is known of one tensor: its name, and its two accounts as they were last seen."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from backtrace.ledger.events import Kind
from backtrace.recording.kernels.kernel import Slot
from backtrace.recording.tensors.shards import held

_STRIDED = torch.strided
# Nearly all: a question less at every tensor and event. By id, as `is_exactly` says, but quicker.
_PLAIN = frozenset(map(id, (Tensor, nn.Parameter)))


class LibraryPart(Protocol):
    """What a library made of a tensor: a part of another, or one whose gradient is elsewhere."""

    @property
    def flat(self) -> weakref.ref[Tensor]:
        """The tensor that it is a part of."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape that it has on one process."""

    @property
    def is_shard(self) -> bool:
        """Whether other ranks hold other numbers of it."""

    @property
    def placements(self) -> str:
        """How the whole is laid over the ranks, in words."""

    def grad_of(self, tensor: Tensor) -> Tensor | None:
        """Return its gradient."""


class Stamp:
    """What a tensor was when it was just read into `slot`: enough to tell if it is still the same.

    In-place writes raise the version, `p.data = other` moves the pointer, and writes through
    `p.data` change neither: only the total of the elements tells.
    """

    __slots__ = ("pointer", "slot", "version")

    def __init__(self, tensor: Tensor, slot: Slot) -> None:
        if id(type(tensor)) not in _PLAIN:
            tensor = held(tensor)
        self.slot = slot
        self.version: int = tensor._version
        self.pointer = tensor.data_ptr() if tensor.layout is _STRIDED else id(tensor)

    def fits(self, tensor: Tensor) -> bool:
        """Whether nothing shows that `tensor` was written to since; this reads no element."""
        if id(type(tensor)) not in _PLAIN:
            tensor = held(tensor)
        pointer = tensor.data_ptr() if tensor.layout is _STRIDED else id(tensor)
        return self.version == tensor._version and self.pointer == pointer


@dataclass(slots=True)
class Tracked:
    """One tensor with its two accounts as they were last seen; it is not kept alive."""

    name: str
    ref: Callable[[], Tensor | None]  # weak
    kind: Kind
    aliases: tuple[str, ...] = ()
    optimizer: str | None = None
    value: Stamp | None = None
    grad: Stamp | None = None
    before: Tensor | None = None  # the value as `step` found it, kept to measure the change
    last_grad: Tensor | None = None  # of a tensor that no optimizer and no model has
    unfollow: Callable[[], None] | None = None
    is_announced: bool = False
    formerly: str = ""  # the name under which it was announced, when it has another now
    requires_grad: bool = False
    part: LibraryPart | None = None  # what a library made of it
    copy: str = ""  # the name of what an optimizer steps in its place

    def has_stale_grad(self, tensor: Tensor) -> bool:
        """Whether `.grad` of `tensor` was written to or replaced since it was stamped."""
        grad = tensor.grad if self.part is None else self.part.grad_of(tensor)
        if grad is None or self.grad is None:
            return (grad is None) != (self.grad is None)
        return not self.grad.fits(grad)


class OptimizerRef(weakref.ref[torch.optim.Optimizer]):
    """A weak reference that knows what its optimizer is called."""

    owner = ""
