"""Chooses the kernel: the compiled one where there is one, torch's otherwise.

The environment variable `BACKTRACE_KERNEL` forces either: `native` or `torch`.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from backtrace.errors import UsageError
from backtrace.recording.kernels.cuda.available import describe, has_cuda
from backtrace.recording.kernels.native.library import Library, find_library

if TYPE_CHECKING:
    from backtrace.recording.kernels.kernel import Kernel

VARIABLE = "BACKTRACE_KERNEL"


def make_kernel(values: int = 16, *, digest: bool = False, looks_at_all: bool = False) -> Kernel:
    """Return the kernel of a recording; a digest of the bits is taken by torch's alone.

    `looks_at_all` says whether every element tells if a large tensor was written to.

    Raises:
        UsageError: the environment forces a kernel that there is not.
    """
    library = _find_library()
    home: Kernel
    if digest or not isinstance(library, Library):
        from backtrace.recording.kernels.torch_kernel import TorchKernel

        home = TorchKernel(values, digest=digest)
    else:
        from backtrace.recording.kernels.native.kernel import NativeKernel

        home = NativeKernel(library, values, looks_at_all=looks_at_all)
    if digest or not has_cuda() or os.environ.get(VARIABLE) == "torch":
        return home
    from backtrace.recording.kernels.by_device import DeviceKernel

    return DeviceKernel(home, values)


def describe_kernel() -> str:
    """Return which kernel is used, and with which instruction set, or why not the native one.

    Raises:
        UsageError: the environment forces a kernel that there is not.
    """
    library = _find_library()
    there = ""
    if has_cuda() and os.environ.get(VARIABLE) != "torch":
        there = f"; on CUDA devices {describe()}"
    if isinstance(library, Library):
        return f"native, {library.instruction_set}{there}"
    return f"torch (native: {library}){there}"


def _find_library() -> Library | str:
    wanted = os.environ.get(VARIABLE, "")
    if wanted not in ("", "native", "torch"):
        raise UsageError(f"{VARIABLE} is {wanted!r}, but it must be native or torch")
    if wanted == "torch":
        return f"turned off by {VARIABLE}"
    library = find_library()
    if wanted and not isinstance(library, Library):
        raise UsageError(f"{VARIABLE} is native, but the native kernel is {library}")
    return library
