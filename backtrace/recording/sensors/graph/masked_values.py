"""Operations whose bad values a mask hides from the loss, and not from the backward."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.finiteness import count_not_finite
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved
from backtrace.recording.sensors.graph.steep_slopes import count_steep_at, is_readable, place_of

_MASKS = ("WhereBackward0", "MaskedFillBackward0", "MaskedFillBackward1")
_SAVED = ("_saved_self", "_saved_other", "_saved_target")
_BEHIND = 12  # nodes that are looked at behind a mask: more would be the model itself
_MOST = 20  # masks


def find_masked(nodes: Iterable[Node], is_packed: Packed) -> tuple[str, list[Node]]:
    """Return the first such operation, and in words where it stands and at how many elements.

    That is one not far behind a mask that took numbers which are not finite, or whose slope is not
    finite where it is used: backward multiplies that by the mask's zero.
    """
    masks = [node for node in nodes if name_of(node) in _MASKS]
    for mask in masks[:_MOST]:
        for node in _behind(mask):
            if is_packed(node):
                continue
            steep, of = count_steep_at(node)
            count, of = (steep, of) if steep else _count_bad(node)
            if count:
                return f"{name_of(node)}{place_of(node)}, at {count} of {of} elements", [node]
    return "", []


def _behind(mask: Node) -> Iterator[Node]:
    """Give the nodes behind a mask, the nearest first."""
    waiting = [mask]
    for node in waiting:  # it grows
        for source, _ in node.next_functions:
            if source is not None and source not in waiting and len(waiting) <= _BEHIND:
                waiting.append(source)
                yield source


def _count_bad(node: Node) -> tuple[int, int]:
    """Return at how many elements of how many a node took numbers that are not finite."""
    for name in _SAVED:
        values = read_saved(node, name)
        if isinstance(values, Tensor) and is_readable(values) and (bad := count_not_finite(values)):
            return bad, values.numel()
    return 0, 0
