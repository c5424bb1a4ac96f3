"""Tensors as the bytes that a capsule holds, and back."""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.tracefile.capsule_file import Blob


def to_blob(tensor: Tensor) -> Blob:
    """Return the bytes of a dense tensor, in the order in which they lie in memory."""
    source = tensor.detach().cpu()
    dtype = str(source.dtype).removeprefix("torch.")
    if not source.numel():
        return Blob(dtype, tuple(source.shape), tuple(source.stride()), memoryview(b""))
    strides, shape = source.stride(), source.shape
    order = sorted(range(source.dim()), key=lambda n: (strides[n], shape[n]), reverse=True)
    if not source.permute(order).is_contiguous():
        source, order = source.contiguous(), list(range(source.dim()))
    flat = source.permute(order).reshape(-1).view(torch.uint8)
    return Blob(dtype, tuple(source.shape), tuple(source.stride()), flat.numpy().data)


def from_blob(blob: Blob) -> Tensor:
    """Return the tensor that a blob was made of, on the CPU."""
    dtype = getattr(torch, blob.dtype)
    if not blob.data.nbytes:
        return torch.empty(blob.shape, dtype=dtype)
    return torch.frombuffer(blob.data, dtype=dtype).as_strided(blob.shape, blob.strides)
