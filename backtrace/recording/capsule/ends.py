"""Names the bits of all that a step leaves, to tell whether another run left the same."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from backtrace.recording.capsule.parts import LoopParts, tensors_of
from backtrace.recording.capsule.pool import can_keep
from backtrace.recording.kernels.bits import name_bits


def name_ends(parts: LoopParts) -> dict[str, str]:
    """Return a word for each value, gradient and tensor of an optimizer's state, by what it is."""
    return {what: name_bits([tensor]) for what, tensor in _tensors(parts) if can_keep(tensor)}


def _tensors(parts: LoopParts) -> Iterator[tuple[str, Tensor]]:
    for number, module in enumerate(parts.modules):
        for name, tensor in () if module is None else tensors_of(module):
            full = name if number == 0 else f"{name} of module {number + 1}"
            yield full, tensor
            if tensor.is_leaf and tensor.grad is not None:
                yield f".grad of {full}", tensor.grad
    for name, optimizer in parts.optimizers():
        groups = [] if optimizer is None else optimizer.param_groups
        held = [tensor for group in groups for tensor in group["params"]]
        for place, tensor in enumerate(held):
            yield f"parameter {place} of {name}", tensor
            state = {} if optimizer is None else optimizer.state.get(tensor, {})
            for key, value in state.items():
                if isinstance(value, Tensor):
                    yield f"{key} of parameter {place} of {name}", value
