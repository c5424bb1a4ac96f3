"""What a loss function was called on: shapes always, values of a few calls, in one read each."""

from __future__ import annotations

import hashlib
import inspect
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeGuard

import torch
from torch import Tensor
from torch.nn import functional

from backtrace.ledger.facts import Likeness
from backtrace.recording.sensors.graph.nodes import name_of

_SAMPLE = 64  # about as many elements tell one target from another
_ROWS = 64  # rows of an input that are looked at, and the most along its further dimensions
_FURTHER = 4
_CLASS_DIMENSION = {"cross_entropy": 1, "nll_loss": 1, "multi_margin_loss": 1, "kl_div": -1}
_BINARY = {"binary_cross_entropy", "binary_cross_entropy_with_logits"}
_PASSED_ON = (  # operations that hand on what they were given, perhaps in another shape or type
    "Alias", "AsStrided", "Clamp", "Clone", "Expand", "Flatten", "Index", "Narrow", "Permute",
    "Reshape", "Select", "Slice", "Squeeze", "T", "ToCopy", "Transpose", "UnsafeView", "Unsqueeze",
    "View",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LossReading:
    """A loss call whose numbers are not fetched yet; `numbers` holds all of them, in float64.

    They are, as far as there are any: the loss, the target's sample, the target's least and
    greatest, and of the input its least, its greatest, and how far its rows are from being
    probabilities and from being their logarithms.
    """

    facts: Mapping[str, Any]
    numbers: Tensor
    is_scalar: bool
    sample: int
    has_target_range: bool
    has_input_range: bool
    tolerance: float
    is_binary: bool

    @property
    def is_at_hand(self) -> bool:
        """Whether the numbers are in this machine's memory."""
        return self.numbers.device.type == "cpu"

    def finish(self) -> dict[str, Any]:
        """Fetch the numbers, and return all facts of a LossCalled."""
        numbers: list[float] = self.numbers.tolist()
        facts = dict(self.facts)
        facts["value"] = numbers.pop(0) if self.is_scalar else None
        sample = [numbers.pop(0) for _ in range(self.sample)]
        if sample:
            facts["target"] = _name_bits(sample, facts["target_shape"], facts["target_dtype"])
        if self.has_target_range:
            facts["target_min"], facts["target_max"] = numbers.pop(0), numbers.pop(0)
        if self.has_input_range:
            facts["input_is"] = self._judge(*numbers)
        return facts

    def _judge(self, low: float, high: float, off: float, log_off: float) -> Likeness:
        made_by, slack = self.facts["input_from"], self.tolerance
        if self.is_binary:
            if made_by.startswith("Sigmoid") and low >= 0 and high <= 1:
                return "probabilities"
            is_log = made_by.startswith("LogSigmoid") and high <= 0
            return "log-probabilities" if is_log else "neither"
        if -slack <= low and high <= 1 + slack and off <= slack:
            return "probabilities"
        return "log-probabilities" if high <= slack and log_off <= slack else "neither"


def read_loss(
    function: str,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    result: object,
    *,
    is_judged: bool,
) -> LossReading | None:
    """Start reading a call; None where there is no input and target to be read.

    `is_judged` says whether the values of the input and the range of the target are looked at.
    """
    given = _bind(function)(*args, **kwargs)
    source = given.get("input", given.get("log_probs"))
    target = given.get("target", given.get("targets"))
    if not (_is_readable(source) and _is_readable(target)):
        return None
    loss, sample = _read_value(result), _sample(target)
    parts = [loss, sample] if loss is not None else [sample]
    has_target_range = is_judged and target.numel() > 0
    if has_target_range:
        parts.append(torch.stack(torch.aminmax(target.detach())))
    has_input_range = is_judged and source.numel() > 0 and source.is_floating_point()
    has_input_range = has_input_range and function in {*_CLASS_DIMENSION, *_BINARY}
    if has_input_range:
        parts.append(_measure(source.detach(), function))
    return LossReading(
        facts=_describe(function, given, source, target),
        numbers=_join(parts),
        is_scalar=loss is not None,
        sample=len(sample),
        has_target_range=has_target_range,
        has_input_range=has_input_range,
        tolerance=1e-3 if source.element_size() >= 4 else 2e-2,
        is_binary=function in _BINARY,
    )


def _describe(
    function: str, given: Mapping[str, Any], source: Tensor, target: Tensor
) -> dict[str, Any]:
    return {
        "function": function,
        "reduction": str(given.get("reduction", "mean")),
        "input_shape": tuple(source.shape),
        "target_shape": tuple(target.shape),
        "target_dtype": str(target.dtype).removeprefix("torch."),
        "input_from": _maker_of(source),
        "log_target": bool(given.get("log_target", False)),
    }


@lru_cache(maxsize=64)
def _bind(function: str) -> Callable[..., Mapping[str, Any]]:
    """Return what gives the arguments of a call of torch's function by their names."""
    signature = inspect.signature(getattr(functional, function))
    names = tuple(signature.parameters)

    def bind(*args: Any, **kwargs: Any) -> Mapping[str, Any]:
        return {**dict(zip(names, args, strict=False)), **kwargs}

    return bind


def _is_readable(thing: object) -> TypeGuard[Tensor]:
    if not isinstance(thing, Tensor) or torch._C._functorch.is_functorch_wrapped_tensor(thing):
        return False
    return thing.layout is torch.strided and not thing.is_complex() and not thing.is_meta


def _read_value(result: object) -> Tensor | None:
    """Return the loss in one dimension; None where it is not one number."""
    return result.detach().reshape(1) if _is_readable(result) and result.numel() == 1 else None


def _sample(target: Tensor) -> Tensor:
    """Return a few elements; an odd distance apart, so that they do not share a column."""
    flat = target.detach().reshape(-1) if target.is_contiguous() else target.detach().flatten()
    return flat[:: (flat.numel() // _SAMPLE) | 1]


def _measure(values: Tensor, function: str) -> Tensor:
    """Return least, greatest, and the errors of rows as probabilities and as their logarithms."""
    dimension = _CLASS_DIMENSION.get(function)
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


def _join(parts: list[Tensor]) -> Tensor:
    """Return all numbers in one tensor, on the device of the first."""
    device = parts[0].device
    return torch.cat([part.to(device, torch.float64) for part in parts])


def _maker_of(tensor: Tensor) -> str:
    """Return the operation that made a tensor's values; mere changes of shape are passed over."""
    node = tensor.grad_fn
    while node is not None:
        name = name_of(node)
        plain = name.rstrip("0123456789").removesuffix("Backward")
        following = [each for each, _ in node.next_functions if each is not None]
        if plain not in _PASSED_ON or len(following) != 1:
            return name if name != "AccumulateGrad" else ""
        node = following[0]
    return ""


def _name_bits(numbers: list[float], shape: tuple[int, ...], dtype: str) -> str:
    content = struct.pack(f"{len(numbers)}d", *numbers) + f"{shape}{dtype}".encode()
    return hashlib.blake2b(content, digest_size=8).hexdigest()
