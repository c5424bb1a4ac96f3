"""Views that take a tensor's elements from axis to axis, where a transpose would be in place."""

from __future__ import annotations

from collections.abc import Iterable

from torch.autograd.graph import Node

from backtrace.ledger.facts import Regrouping
from backtrace.recording.sensors.graph.autograd_nodes import (
    MODULE,
    leaf_of,
    mark_of,
    name_of,
    shape_of,
)

_VIEWS = ("ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0")
_ATTENTION = ("BmmBackward0", "UnsafeViewBackward0", "ScaledDotProduct")
_MOST = 20
_STEPS = 4  # back to the module that made what is viewed

Shape = tuple[int, ...]


def read_regroupings(nodes: Iterable[Node]) -> dict[Regrouping, Node]:
    """Return the views among `nodes` that put sizes into another order, each kind of them once."""
    found: dict[Regrouping, Node] = {}
    for node in nodes:
        if name_of(node) not in _VIEWS or len(found) == _MOST:
            continue
        source, index = node.next_functions[0]
        if source is None or leaf_of(source) is not None:
            continue
        before, after = shape_of(source, index), shape_of(node)
        is_merged = name_of(source).startswith(_ATTENTION) and _splits(after, before)
        if is_merged or any(test(before, after) for test in (_splits, _swaps, _flattens, _joins)):
            found.setdefault(Regrouping(before, after, _module_of(source)), node)
    return found


def _splits(one: Shape, other: Shape) -> bool:
    """Whether (…, b, x·y) became (…, x, b, y): the new axis stands before one it is no part of."""
    if len(other) != len(one) + 1 or len(one) < 2:
        return False
    (*front, b, _), (*ahead, x, middle, y) = one, other
    return front == ahead and middle == b and b not in (1, x) and x > 1 and y > 1


def _swaps(one: Shape, other: Shape) -> bool:
    """Whether two axes that follow each other have changed places.

    Heads are split off as (T, B, E) to (T, B·h, d), which looks so where B·h is E.
    """
    if len(one) != len(other) or len(one) < 3:
        return False
    places = [at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    first, second = places
    sizes = one[first], one[second]
    if not sizes[0] % sizes[1] or not sizes[1] % sizes[0]:
        return False
    return sizes == (other[second], other[first])


def _flattens(one: Shape, other: Shape) -> bool:
    """Whether (a, b, c) became (a·c, b): rows are made of what lies along another axis.

    Heads are put together as (T, B·h, d) to (T·B, E), which looks so where E is B·h.
    """
    if len(one) < 3 or len(other) != 2 or other[1] != one[1]:
        return False
    return one[1] > 1 and one[1] % one[-1] != 0


def _joins(one: Shape, other: Shape) -> bool:
    """Whether (d, b, h) became (b, d·h): what lies along the first axis was put to the last."""
    if len(one) != 3 or one[0] in (1, one[1]) or one[1] == 1:
        return False
    return other == (one[1], one[0] * one[2])


def _module_of(node: Node | None) -> str:
    """Return the module that made what a node gives, '' where none did shortly before."""
    for _ in range(_STEPS):
        if node is None:
            break
        if (module := mark_of(node, MODULE)) is not None:
            return module
        node = node.next_functions[0][0] if node.next_functions else None
    return ""
