"""What a graph keeps for its backward: every tensor saved, and which of them are still held.

torch hands each tensor that a node saves to a pack hook, and keeps what the hook returns. A weak
reference to that tells when the graph has let go of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import ReferenceType, ref

import torch
from torch import Tensor

from backtrace.explain.graph.no_values import has_no_values
from backtrace.explain.graph.sequence import next_sequence
from backtrace.ledger.graph_facts import Holder

Holders = Mapping[Hashable, tuple[Holder, str]]


class _Packed:
    """What the graph holds in place of a tensor."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


@dataclass(frozen=True, slots=True)
class Saving:
    """One tensor that was saved, by the last node made before `sequence`."""

    sequence: int
    shape: tuple[int, ...]
    dtype: str
    storage: Hashable
    bytes: int
    packed: ReferenceType[_Packed]

    @property
    def is_held(self) -> bool:
        """Whether the graph still holds it."""
        return self.packed() is not None


class SavedTensors:
    """All tensors saved while it watched, in their order."""

    def __init__(self) -> None:
        self.all: list[Saving] = []

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Write down what is saved."""
        with torch.autograd.graph.saved_tensors_hooks(self._pack, lambda packed: packed.tensor):
            yield

    def held(self) -> dict[Hashable, int]:
        """Return the bytes of each storage that the graph holds now."""
        return {saving.storage: saving.bytes for saving in self.all if saving.is_held}

    def _pack(self, tensor: Tensor) -> _Packed:
        packed = _Packed(tensor)
        key, size = storage_of(tensor)
        shape, dtype = tuple(tensor.shape), str(tensor.dtype).removeprefix("torch.")
        self.all.append(Saving(next_sequence(), shape, dtype, key, size, ref(packed)))
        return packed


def storage_of(tensor: Tensor) -> tuple[Hashable, int]:
    """Return what identifies a tensor's memory while it lives, and its size in bytes."""
    if tensor.layout != torch.strided or has_no_values(tensor):
        return id(tensor), tensor.numel() * tensor.element_size()
    storage = tensor.untyped_storage()
    return (str(tensor.device), storage.data_ptr()), storage.nbytes()
