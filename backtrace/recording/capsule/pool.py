"""Copies of tensors: what a capsule's numbers stand for, in memory that is used again."""

from __future__ import annotations

import weakref
from collections import defaultdict

import torch
from torch import Tensor

from backtrace.recording.tensors.shards import has_no_memory
from backtrace.tracefile.capsule_file import SIZES

_Form = tuple[torch.Size, tuple[int, ...], torch.dtype, torch.device]


class Pool:
    """The copies of one update, by number, in the memory of an `earlier` one that is given up.

    A tensor that is added twice, and did not change in between, is copied once.
    """

    def __init__(self, earlier: Pool | None = None) -> None:
        self.tensors: list[Tensor] = []
        self._known: dict[int, tuple[weakref.ref[Tensor], int, int]] = {}
        self._spare: defaultdict[_Form, list[Tensor]] = defaultdict(list)
        for each in earlier.tensors if earlier is not None else ():
            self._spare[_form_of(each)].append(each)

    def add(self, tensor: Tensor) -> int:
        """Copy a tensor that `can_keep` says can be; return its number."""
        known = self._known.get(id(tensor))
        is_inference = tensor.is_inference()
        version = 0 if is_inference else tensor._version
        if known is not None and known[0]() is tensor and known[1] == version and not is_inference:
            return known[2]
        self.tensors.append(self._copy(tensor.detach()))
        number = len(self.tensors) - 1
        self._known[id(tensor)] = (weakref.ref(tensor), version, number)
        return number

    def _copy(self, source: Tensor) -> Tensor:
        spare = self._spare.get(_form_of(source))
        return spare.pop().copy_(source) if spare else source.clone()

    @property
    def size(self) -> int:
        """How many bytes the copies take."""
        return sum(each.numel() * each.element_size() for each in self.tensors)


_OWN = frozenset(map(id, (Tensor, torch.nn.Parameter)))


def can_keep(tensor: Tensor) -> bool:
    """Whether a tensor is of torch's own kind, dense, in memory, and can be written into a file."""
    return (
        id(type(tensor)) in _OWN
        and not torch._C._functorch.is_functorch_wrapped_tensor(tensor)
        and tensor.layout is torch.strided
        and tensor.device.type != "meta"
        and not tensor.is_conj()
        and not tensor.is_neg()
        and name_of(tensor.dtype) in SIZES
        and not has_no_memory(tensor)
    )


def _form_of(tensor: Tensor) -> _Form:
    return tensor.shape, tensor.stride(), tensor.dtype, tensor.device


def name_of(dtype: torch.dtype) -> str:
    """Return a type's name in a capsule."""
    return str(dtype).removeprefix("torch.")
