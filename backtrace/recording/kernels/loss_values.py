"""The numbers of a loss function's call: shapes always, values of a few calls, in one read each."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from backtrace.ledger.quick_init import quick_init
from backtrace.recording.kernels.kernel import Kernel, Numbers

_SAMPLE = 64  # about as many elements tell one target from another
_ROWS = 64  # rows of an input that are looked at, and the most along its further dimensions
_FURTHER = 4
CLASS_DIMENSION = {
    "cross_entropy": 1,
    "nll_loss": 1,
    "multi_margin_loss": 1,
    "kl_div": -1,
    "ctc_loss": -1,
}
BINARY = {"binary_cross_entropy", "binary_cross_entropy_with_logits"}


@dataclass(frozen=True, slots=True)
class InputRange:
    """Of a loss's input: least, greatest, and how far its rows are off.

    `off` is the largest error of a row as probabilities, `log_off` as their logarithms.
    """

    low: float
    high: float
    off: float
    log_off: float


@quick_init
@dataclass(frozen=True, slots=True)
class LossNumbers:
    """What was fetched: the loss, a word for the target, its range, and that of the input."""

    value: float | None
    target: str
    target_range: tuple[float, float] | None
    input_range: InputRange | None


@quick_init
@dataclass(frozen=True, slots=True)
class LossValues:
    """Numbers that may not be here yet; `numbers` holds all of them, in float64.

    They are, as far as there are any: the loss, the target's sample, the target's least and
    greatest, and the four of the input's range.
    """

    numbers: Numbers
    is_scalar: bool
    sample: int
    has_target_range: bool
    has_input_range: bool
    target_kind: str

    def sort(self) -> LossNumbers:
        """Return which number is what; the kernel must have settled."""
        numbers = iter(self.numbers.found)
        value = next(numbers) if self.is_scalar else None
        sample = list(islice(numbers, self.sample))
        return LossNumbers(
            value=value,
            target=_name_bits(sample, self.target_kind) if sample else "",
            target_range=(next(numbers), next(numbers)) if self.has_target_range else None,
            input_range=InputRange(*numbers) if self.has_input_range else None,
        )


def read_loss_values(
    kernel: Kernel,
    function: str,
    source: Tensor,
    target: Tensor,
    loss: Tensor | None,
    *,
    is_judged: bool,
) -> LossValues:
    """Start reading a call of torch's `function`; `loss` is None where it is not one number.

    `is_judged` says whether the values of the input and the range of the target are looked at.
    """
    sample = _sample(target)
    parts = [loss, sample] if loss is not None else [sample]
    has_target_range = is_judged and target.numel() > 0
    if has_target_range:
        parts.append(torch.stack(torch.aminmax(target.detach())))
    has_input_range = is_judged and source.numel() > 0 and source.is_floating_point()
    has_input_range = has_input_range and function in {*CLASS_DIMENSION, *BINARY}
    if has_input_range:
        parts.append(_measure(source.detach(), function))
    return LossValues(
        numbers=_join(parts, kernel),
        is_scalar=loss is not None,
        sample=sample.shape[0],  # `len` of a tensor runs Python
        has_target_range=has_target_range,
        has_input_range=has_input_range,
        target_kind=f"{tuple(target.shape)}{str(target.dtype).removeprefix('torch.')}",
    )


def _sample(target: Tensor) -> Tensor:
    """Return a few elements; an odd distance apart, so that they do not share a column."""
    flat, apart = target.detach().reshape(-1), (target.numel() // _SAMPLE) | 1
    return flat[::apart] if apart > 1 else flat


def _measure(values: Tensor, function: str) -> Tensor:
    """Return least, greatest, and the errors of rows as probabilities and as their logarithms."""
    dimension = CLASS_DIMENSION.get(function)
    if dimension is None:
        low, high = torch.aminmax(values)
        return torch.stack((low, high)).double().repeat(2)
    rows = values[None] if values.dim() == 1 else values
    rows = rows.movedim(dimension, -1)[:_ROWS]
    for axis in range(1, rows.dim() - 1):
        rows = rows.narrow(axis, 0, min(_FURTHER, rows.shape[axis]))
    rows = rows.double()
    low, high = torch.aminmax(rows)
    off = (rows.sum(-1) - 1).abs().max()
    log_off = rows.logsumexp(-1).abs().max()
    if rows.shape[-1] == 1:  # of one class, every row adds up to whatever it is
        off = log_off = torch.full_like(off, torch.inf)
    return torch.stack((low, high, off, log_off))


def _join(parts: list[Tensor], kernel: Kernel) -> Numbers:
    """Return all numbers; those on a device are fetched together, from that of the first."""
    if all(part.is_cpu for part in parts):
        return Numbers([float(number) for part in parts for number in part.tolist()])
    device = parts[0].device
    return kernel.read_numbers(torch.cat([part.to(device, torch.float64) for part in parts]))


def _name_bits(numbers: list[float], kind: str) -> str:
    content = struct.pack(f"{len(numbers)}d", *numbers) + kind.encode()
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def read_lone_weight(weight: object, scores: Tensor) -> float | None:
    """Return the one element of a weight that multiplies several scores alike; None otherwise."""
    if type(weight) is not Tensor or weight.numel() != 1 or scores.numel() == 1 or weight.is_meta:
        return None
    return float(weight.detach())
