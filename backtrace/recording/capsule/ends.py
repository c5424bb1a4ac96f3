"""Names the bits of all that a step leaves, to tell whether another run left the same."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from backtrace.recording.capsule.parts import LoopParts, tensors_of
from backtrace.recording.capsule.pool import can_keep
from backtrace.recording.kernels.bits import name_bits
from backtrace.recording.kernels.finiteness import is_finite
from backtrace.recording.tensors.param_groups import read_tensors, state_of
from backtrace.tracefile.capsule_facts import NOT_FINITE


def name_ends(parts: LoopParts) -> dict[str, str]:
    """Return a word for each value, gradient and tensor of an optimizer's state, by what it is."""
    found: dict[str, str] = {}
    named: set[int] = set()
    for what, tensor in _tensors(parts):
        if id(tensor) not in named and can_keep(tensor):
            named.add(id(tensor))
            found[what] = name_bits([tensor]) + ("" if is_finite(tensor.detach()) else NOT_FINITE)
    return found


def _tensors(parts: LoopParts) -> Iterator[tuple[str, Tensor]]:
    for number, module in enumerate(parts.modules):
        for name, tensor in () if module is None else tensors_of(module):
            full = name if number == 0 else f"{name} of module {number + 1}"
            yield full, tensor
            if tensor.is_leaf and tensor.grad is not None:
                yield f".grad of {full}", tensor.grad
    for name, optimizer in parts.optimizers():
        held = [] if optimizer is None else read_tensors(optimizer)
        for place, tensor in enumerate(held):
            yield f"parameter {place} of {name}", tensor
            if tensor.is_leaf and tensor.grad is not None:
                yield f".grad of parameter {place} of {name}", tensor.grad
            state = {} if optimizer is None else state_of(optimizer, tensor)
            for key, value in state.items():
                if isinstance(value, Tensor):
                    yield f"{key} of parameter {place} of {name}", value
