"""Readings by torch's own operations, which run on every device.

They run when `read` is called, so a reading shows the tensor at that moment; the numbers that
they leave on the device are fetched together by `settle`, in one transfer per device and dtype.
Which kernel is used for what was measured (see benchmarks/): `dot` is the fastest sum of squares
and `aminmax` reads once for two, while `isfinite`, `var_mean` and the infinity norm cost ten
times as much. NaN and Inf are not looked for: they show in these statistics by themselves, and
only then are counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from math import fsum, isfinite, isnan, nan, sqrt

import torch
from torch import Tensor

from backtrace.ledger.events import Reading
from backtrace.recording.kernels.kernel import UNREAD, Numbers, Slot

_HALVES = (torch.float16, torch.bfloat16)
_NAMES = {torch.float32: "float32", torch.float64: "float64", torch.bfloat16: "bfloat16"}
_Kind = tuple[torch.device, torch.dtype]
_FEW = 4096  # elements; below this a kernel's call costs more than its work


class TorchKernel:
    """The kernel that is there on every machine; holds what is not fetched yet.

    `values` is the largest number of elements that are kept one by one. `digest` adds a hash of
    the bits to every reading, which costs far more than all the rest.
    """

    is_on_device = False  # whatever is on one is waited for

    def __init__(self, values: int = 16, *, digest: bool = False) -> None:
        self._values = values
        self._digest = digest
        self._buffers: dict[torch.dtype, Tensor] = {}
        self._waiting: dict[_Kind, tuple[list[tuple[Slot, int]], list[Tensor]]] = {}

    def read(self, tensors: Sequence[Tensor]) -> list[Slot]:
        """Start reading the statistics of each tensor."""
        return list(map(self._read, tensors))

    def read_totals(self, tensors: Sequence[Tensor]) -> list[Slot]:
        """Start reading only each tensor's sum: enough to tell whether it was written to."""
        return list(map(self._read_total, tensors))

    def read_scalar(self, tensor: Tensor) -> Slot:
        """Start reading a tensor with one element; its number will be the slot's `total`."""
        slot = Slot()
        if type(tensor) is Tensor and tensor.is_cpu and not tensor.is_complex():
            slot.total = float(tensor.detach().item())
        else:
            self._wait(slot, tensor.detach().reshape(()).double())
        return slot

    def read_numbers(self, tensor: Tensor) -> Numbers:
        """Fetch the elements of a tensor in one dimension."""
        return Numbers(tensor.tolist())

    def keep(self, pairs: Sequence[tuple[Tensor, Tensor | None]]) -> list[Tensor]:
        """Return a copy of each value; of half types in float32, so exactly."""
        return [self._keep(value, kept) for value, kept in pairs]

    def _keep(self, value: Tensor, kept: Tensor | None) -> Tensor:
        if kept is None or kept.shape != value.shape or kept.device != value.device:
            wide = torch.float32 if value.element_size() < 4 else value.dtype
            kept = torch.empty_like(value, dtype=wide)
        return kept.copy_(value)

    def read_steps(self, pairs: Sequence[tuple[Tensor, Tensor]]) -> list[tuple[Slot, Slot]]:
        """Start reading each change and value; the change is left in the copy's memory."""
        wide = [(value, kept.float() if kept.element_size() < 4 else kept) for value, kept in pairs]
        return [
            (self._read(torch.sub(value, kept, out=kept)), self._read(value))
            for value, kept in wide
        ]

    def is_same(self, pairs: Sequence[tuple[Tensor, Tensor]]) -> list[bool]:
        """No copy is left as the value is, so none is said to be the same."""
        return [False] * len(pairs)

    def send(self) -> None:
        """Fetch everything that is waiting: its tensors may be written to from here on."""
        if self._waiting:
            self.settle()

    def settle(self) -> None:
        """Fetch everything that is waiting: afterwards every slot has its reading.

        What Ctrl-C cuts off is waiting still, and is finished from its start the next time.
        """
        for device, (slots, numbers) in list(self._waiting.items()):
            fetched = torch.stack(numbers).tolist()
            start = 0
            for slot, count in slots:
                _finish(slot, fetched[start : start + count])
                start += count
            del self._waiting[device]
            for slot, _ in slots:
                slot.tensor = None

    def _read(self, tensor: Tensor) -> Slot:
        slot = Slot()
        source = tensor.detach()
        dtype, shape = _NAMES.get(source.dtype) or str(source.dtype)[6:], tuple(source.shape)
        if source.layout is not torch.strided:
            slot.implicit_zeros, source = _stored_values(source)
        if source.is_complex():
            source = torch.view_as_real(source)
        flat = _flatten(source)
        digest = _digest(source) if self._digest else None
        size = flat.numel()
        few = slot.implicit_zeros == 0 and size <= self._values
        if few and (size == 0 or flat.device.type == "cpu"):
            finish_few(slot, flat.tolist(), shape, dtype, digest)
            return slot
        slot.reading = Reading(shape, dtype, nan, nan, nan, nan, 0, 0, digest=digest)
        if size == 0:
            _finish_empty(slot)
        elif few:
            self._wait(slot, *flat.unbind())
        else:
            slot.tensor = source  # kept until settled: to count what is not finite, if anything
            low, high = torch.aminmax(flat)
            square, nonzero = torch.dot(flat, flat), self._count_nonzero(flat, size)
            self._wait(slot, flat.sum(), square, low, high, nonzero)
        return slot

    def _read_total(self, tensor: Tensor) -> Slot:
        slot = Slot()
        source = tensor.detach()
        if source.layout is not torch.strided:
            _, source = _stored_values(source)
        self._wait(
            slot, _flatten(source).sum()
        )  # the very operation that `read` takes its total from
        return slot

    def _count_nonzero(self, flat: Tensor, size: int) -> Tensor:
        """Count as `count_nonzero` does, but with vectorised kernels where that is exact.

        The signs squared add up to the count, exactly so below 2**24 elements of float32.
        """
        if flat.device.type != "cpu" or not _FEW <= size < 2**24:
            return torch.count_nonzero(flat).to(flat.dtype)
        buffer = self._buffers.get(flat.dtype)
        if buffer is None or buffer.numel() < size:
            buffer = self._buffers[flat.dtype] = torch.empty(size, dtype=flat.dtype)
        signs = torch.sign(flat, out=buffer[:size])
        return torch.dot(signs, signs)

    def _wait(self, slot: Slot, *numbers: Tensor) -> None:
        """Have numbers, each a tensor without dimensions, fetched for a slot."""
        key = (numbers[0].device, numbers[0].dtype)
        slots, waiting = self._waiting.setdefault(key, ([], []))
        slots.append((slot, len(numbers)))
        waiting.extend(numbers)


def _flatten(tensor: Tensor) -> Tensor:
    """Return the elements in one dimension, of a type that can be added up without loss."""
    if tensor.is_complex():
        tensor = torch.view_as_real(tensor)
    if tensor.dtype in _HALVES or not tensor.is_floating_point():
        tensor = tensor.float()
    return tensor if tensor.dim() == 1 else tensor.reshape(-1)


def _finish(slot: Slot, numbers: list[float]) -> None:
    unfinished, tensor = slot.reading, slot.tensor
    if unfinished is UNREAD:
        slot.total = numbers[0]
    elif tensor is None:
        shape, dtype, digest = unfinished.shape, unfinished.dtype, unfinished.digest
        finish_few(slot, numbers, shape, dtype, digest)
    else:
        _finish_many(slot, tensor, numbers)


def _finish_many(slot: Slot, source: Tensor, numbers: list[float]) -> None:
    total, square, low, high, nonzero = numbers
    unfinished, stored = slot.reading, source.numel()
    nonfinite = 0
    norm = sqrt(square) if square >= 0 else nan
    if not (isfinite(low) and isfinite(high)):
        nonfinite = int(stored - torch.isfinite(source).sum().item())
        nonzero = float(torch.count_nonzero(source).item())
    elif not isfinite(norm) or (norm < 1e-18 and nonzero):
        norm = float(torch.linalg.vector_norm(source.double()).item())  # its square has no float32
    if slot.implicit_zeros:
        low, high = min(low, 0.0), max(high, 0.0)
    count = stored + slot.implicit_zeros
    zeros = count - round(nonzero)
    slot.total = total
    slot.reading = Reading(
        unfinished.shape, unfinished.dtype, norm, total / count, low, high,
        zeros, nonfinite, None, unfinished.digest,
    )  # fmt: skip


def finish_few(
    slot: Slot, values: list[float], shape: tuple[int, ...], dtype: str, digest: str | None
) -> None:
    """Statistics of a few numbers, in float64 whatever their own type."""
    nonfinite = len(values) - sum(map(isfinite, values))
    if not values:
        slot.reading = Reading(shape, dtype, 0.0, 0.0, 0.0, 0.0, 0, 0, (), digest)
        slot.total = 0.0
        return
    if nonfinite:
        total = sum(values)
        has_nan = any(isnan(v) for v in values)
        low, high = (nan, nan) if has_nan else (min(values), max(values))
        norm = nan if has_nan else float("inf")
    else:
        total, low, high = fsum(values), min(values), max(values)
        norm = sqrt(fsum([v * v for v in values])) if abs(low) + abs(high) < 1e150 else nan
    zeros = values.count(0)
    slot.total = total
    slot.reading = Reading(
        shape, dtype, norm, total / len(values), low, high, zeros, nonfinite, tuple(values), digest
    )


def _finish_empty(slot: Slot) -> None:
    """A sparse gradient that stores nothing is all zeros."""
    unfinished = slot.reading
    slot.total = 0.0
    slot.reading = Reading(
        unfinished.shape, unfinished.dtype, 0.0, 0.0, 0.0, 0.0, slot.implicit_zeros, 0
    )


def _stored_values(tensor: Tensor) -> tuple[int, Tensor]:
    """Return how many elements a sparse tensor leaves out (all zero), and those it stores."""
    stored = tensor.coalesce().values() if tensor.layout is torch.sparse_coo else tensor.to_dense()
    return tensor.numel() - stored.numel(), stored


def _digest(tensor: Tensor) -> str:
    content = tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy()
    return hashlib.blake2b(content.data, digest_size=8).hexdigest()
