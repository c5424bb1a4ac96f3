"""How the elements of a tensor lie in memory, for whoever goes through them by their address."""

from __future__ import annotations

import torch
from torch import Tensor, nn

TYPES = {torch.float32: 0, torch.float64: 1, torch.float16: 2, torch.bfloat16: 3}
NAMES = {dtype: str(dtype).removeprefix("torch.") for dtype in TYPES}
WIDE = {dtype: "float64" if kind == 1 else "float32" for dtype, kind in TYPES.items()}  # of changes
# What a class of the user's does when it is asked, nobody knows; by id, as its metaclass may
# define what is equal.
PLAIN_IDS = frozenset(map(id, (Tensor, nn.Parameter)))


def find_order(tensor: Tensor) -> int:
    """Return in which order the elements lie in memory, side by side; 0 where they do not."""
    if tensor.layout is not torch.strided:
        return 0
    if tensor.is_contiguous():
        return 1
    dim = tensor.dim()
    if dim == 2 and tensor.stride() == (1, tensor.shape[0]):
        return 2
    if dim == 4 and tensor.is_contiguous(memory_format=torch.channels_last):
        return 3
    return 4 * (dim == 5 and tensor.is_contiguous(memory_format=torch.channels_last_3d))


def is_alike(value: Tensor, kept: Tensor) -> bool:
    """Whether a copy has a dense value's elements in the same places, on the same device."""
    return (
        kept.shape == value.shape
        and kept.dtype == value.dtype
        and kept.device == value.device
        and (kept.stride() == value.stride() or find_order(kept) == find_order(value))
    )


def find_address(tensor: Tensor) -> int:
    """Return where the elements of a dense tensor begin; 0 where its storage was freed.

    The storage is looked at, for one that was freed is no longer there to be read.
    """
    address = tensor.data_ptr()
    held = tensor.untyped_storage().nbytes()
    needed = (tensor.storage_offset() + tensor.numel()) * tensor.element_size()
    return address if held >= needed else 0
