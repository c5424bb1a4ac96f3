"""Operations whose slope is not finite where they are used: what backward will make NaN of."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.finiteness import count_steep
from backtrace.recording.sensors.graph.autograd_nodes import (
    MODULE,
    Packed,
    mark_of,
    name_of,
    read_saved,
)

# What each keeps for its backward, and which values of it have no finite slope.
_SAVED = {
    "SqrtBackward0": "_saved_result",
    "RsqrtBackward0": "_saved_result",
    "ReciprocalBackward0": "_saved_result",
    "LogBackward0": "_saved_self",
    "Log2Backward0": "_saved_self",
    "Log10Backward0": "_saved_self",
    "AcosBackward0": "_saved_self",
    "AsinBackward0": "_saved_self",
    "DivBackward0": "_saved_other",
    "PowBackward0": "_saved_self",
}
_STEPS = 8


def find_steep_slope(nodes: Iterable[Node], is_packed: Packed) -> str:
    """Return, of nodes in the order of the forward, the last that is used where it is steep.

    In words: the operation, after which module, and at how many elements; '' where none is.
    """
    told = ""
    for node in nodes:
        count, of = (0, 0) if is_packed(node) else count_steep_at(node)
        if count:
            told = f"{name_of(node)}{place_of(node)}, at {count} of {of} elements"
    return told


def count_steep_at(node: Node) -> tuple[int, int]:
    """Return at how many elements of how many a node that is not packed has no finite slope."""
    name = name_of(node)
    attribute = _SAVED.get(name)
    if attribute is None:
        return 0, 0
    exponent = getattr(node, "_saved_exponent", None) if name == "PowBackward0" else None
    if name == "PowBackward0" and not (isinstance(exponent, float) and 0 < exponent < 1):
        return 0, 0
    values = read_saved(node, attribute)
    if values is None or not is_readable(values):
        return 0, 0
    return count_steep(name, values), values.numel()


def is_readable(values: Tensor) -> bool:
    """Whether its elements can be looked at."""
    return values.layout is torch.strided and values.is_floating_point() and not values.is_meta


def place_of(node: Node) -> str:
    """Return in words in or after which module an operation is, '' where that is not near."""
    current: Node | None = node
    for _ in range(_STEPS):
        if current is None:
            break
        if module := mark_of(current, MODULE):
            return f" {'in' if current is node else 'after'} {module}"
        sources = [source for source, _ in current.next_functions if source is not None]
        current = sources[0] if sources else None
    return ""
