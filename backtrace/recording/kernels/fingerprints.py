"""Names the data that goes into a model, by a few elements of each tensor."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from backtrace.interrupts import comes_from_user
from backtrace.recording.kernels.kernel import Kernel
from backtrace.recording.kernels.leaves import MOST, Leaves

_ELEMENTS = 256  # of each tensor
_INTEGERS = {1: ("B", torch.uint8), 2: ("h", torch.int16), 4: ("i", torch.int32)}


def count_rows(leaves: Leaves) -> int | None:
    """Return the length of the first tensor in `leaves`; None where there is none."""
    for leaf in leaves:
        if isinstance(leaf, Tensor):
            return leaf.shape[0] if leaf.dim() else None
    return None


def measure_scale(leaves: Leaves) -> float | None:
    """Return the root of the mean square of the first tensor of real numbers in `leaves`."""
    for leaf in leaves:
        if type(leaf) is Tensor and leaf.is_floating_point() and leaf.numel():
            is_plain = _is_readable(leaf) and leaf.device.type == "cpu"
            return float(leaf.detach().norm()) / leaf.numel() ** 0.5 if is_plain else None
    return None


def measure_spread(data: Tensor) -> tuple[float, float]:
    """Return the mean and the standard deviation of all elements of a plain tensor."""
    deviation, mean = torch.std_mean(data.detach().float())
    return float(mean), float(deviation)


def measure_largest(data: Tensor) -> float | None:
    """Return the largest of the elements without their signs; None where none can be read."""
    is_plain = type(data) is Tensor and _is_readable(data) and not data.is_meta
    if not is_plain or not data.is_floating_point() or not data.numel():
        return None
    low, high = torch.aminmax(data.detach())
    return float(torch.maximum(-low, high))


def first_batch(leaves: Leaves) -> Tensor | None:
    """Return the first tensor in `leaves`, if it holds real numbers and can be read."""
    for leaf in leaves:
        if isinstance(leaf, Tensor):
            is_plain = type(leaf) is Tensor and _is_readable(leaf) and not leaf.is_meta
            return leaf if is_plain and leaf.is_floating_point() else None
    return None


def _is_readable(tensor: Tensor) -> bool:
    """Whether the elements lie one after the other, and `torch.func` has not wrapped them."""
    is_wrapped = torch._C._functorch.is_functorch_wrapped_tensor(tensor)
    return tensor.layout is torch.strided and not is_wrapped


def wants_grad(leaves: Leaves) -> bool:
    """Whether any tensor in `leaves` requires a gradient."""
    return any(isinstance(leaf, Tensor) and leaf.requires_grad for leaf in leaves)


def read_fingerprint(leaves: Leaves, kernel: Kernel) -> Callable[[], str]:
    """Start reading data; what is returned tells a word for it, once the kernel has settled.

    The word is the same for equal data, and '' where no tensor can be read. At most 256 elements
    of each tensor are read, at places that do not follow rows or columns, so that the blank
    margins of pictures do not make all of them alike.
    """
    parts: list[Callable[[], bytes]] = []
    count = 0
    for leaf in leaves:
        if not isinstance(leaf, Tensor):
            parts.append(repr(leaf).encode)
            continue
        if count == MOST:  # what comes after them is not looked at
            break
        try:
            parts.append(f"{tuple(leaf.shape)}{leaf.dtype}".encode)
            parts.append(_read_elements(leaf, kernel))
        except (RuntimeError, TypeError, ValueError) as error:
            is_fault = isinstance(error, RecursionError) or _is_plain(leaf)
            if is_fault or comes_from_user(error):
                raise
            continue  # a tensor without numbers, or that torch.func wrapped
        count += 1
    return partial(_digest, parts) if count else str


def _is_plain(tensor: Tensor) -> bool:
    """Whether torch can give the bytes of a tensor: it is an error of ours if it does not."""
    if type(tensor) is not Tensor or not _is_readable(tensor) or tensor.is_meta:
        return False
    if torch._C._functorch.peek_interpreter_stack() is not None:  # what is made of it is wrapped
        return False
    is_other = tensor.is_quantized or tensor.is_complex() or tensor.is_neg()
    return not (is_other or tensor._is_zerotensor())


def _digest(parts: list[Callable[[], bytes]]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(part())
    return digest.hexdigest()


def _read_elements(tensor: Tensor, kernel: Kernel) -> Callable[[], bytes]:
    """Return what gives the bytes of the elements that are looked at."""
    source = tensor.detach()
    if source.layout is not torch.strided:
        source = source.coalesce().values() if source.is_sparse else source.to_dense()
    chosen = _choose(source)
    if not chosen.is_contiguous():
        chosen = chosen.contiguous()
    if chosen.is_cpu:
        return chosen.view(torch.uint8).numpy().tobytes
    return send_for_bytes(chosen, kernel)


def send_for_bytes(chosen: Tensor, kernel: Kernel) -> Callable[[], bytes]:
    """Start fetching contiguous elements from a device; what is returned gives their bytes.

    Only float64 is fetched, which has room for all integers of four bytes.
    """
    size = min(4, chosen.element_size())
    code, kind = _INTEGERS[size] if size in _INTEGERS else _INTEGERS[1]
    numbers = kernel.read_numbers(chosen.view(kind).double())
    return lambda: array(code, map(int, numbers.found)).tobytes()


def _choose(source: Tensor) -> Tensor:
    """Return up to 256 elements, in one dimension."""
    size = source.numel()
    if size <= _ELEMENTS:
        return source.reshape(-1)
    stride = (size // _ELEMENTS) | 1  # odd: a power of two would stay in one column
    if source.is_contiguous():
        return source.view(-1)[::stride]
    places = torch.arange(0, size, stride, device=source.device)
    return source[torch.unravel_index(places, source.shape)]
