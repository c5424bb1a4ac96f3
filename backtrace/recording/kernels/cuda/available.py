"""Whether readings can be taken by programs on the device: they need Triton, and a C compiler."""

from __future__ import annotations

import warnings
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from backtrace.recording.kernels.cuda.reader import CudaReader


def has_cuda() -> bool:
    """Whether this torch was built for NVIDIA's devices, be there one or not."""
    return torch.version.cuda is not None


def describe() -> str:
    """Return what reads tensors on a CUDA device; no device is asked."""
    try:
        return f"Triton {version('triton')}"
    except PackageNotFoundError:
        return "torch (Triton is not installed)"


def find_reader(device: torch.device, values: int) -> CudaReader | None:
    """Return what reads tensors on `device`, once it has read one rightly; None without Triton.

    Triton compiles at the first use. Whatever it raises then, torch can read all the same.
    """
    try:
        from backtrace.recording.kernels.cuda.reader import CudaReader

        reader = CudaReader(values)
        (slot,) = reader.read([torch.arange(20_001, dtype=torch.float32, device=device)])
        reader.settle()
        if slot.total == 200_010_000:
            return reader
        reason = "it does not add up rightly"
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
    told = f"backtrace: Triton cannot read tensors on {device}, so torch does, slower: {reason}"
    with suppress(Warning):  # where warnings are errors, this one is none
        warnings.warn(told, RuntimeWarning, stacklevel=2)
    return None
