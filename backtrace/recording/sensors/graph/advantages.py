"""Log-probabilities times something that has a gradient of its own, as an advantage should not."""

from __future__ import annotations

from collections.abc import Iterable

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import (
    leaves_behind,
    name_of,
    shape_of,
    walk,
)
from backtrace.recording.sensors.graph.log_probabilities import JOINED, is_log_probability, skip

_PARTS = ("Split", "Unbind", "Select", "Slice")
_SUMMED = 12  # nodes on the way to a difference that is one of a sum
_SINGLES = 20  # products of single numbers that are looked at


def find_live_advantages(nodes: Iterable[Node]) -> list[Node]:
    """Return the differences with a gradient that log-probabilities are multiplied with.

    A difference must lead to leaves that the log-probabilities do not lead to: a critic's; or be
    of another part of the output that they are made of. Of single numbers, as each step of an
    episode has its own, some are enough.
    """
    found: list[Node] = []
    singles = 0
    for node in nodes:
        sources = [source for source, _ in node.next_functions]
        if name_of(node) != "MulBackward0" or len(sources) != 2 or None in sources:
            continue
        is_single = max(shape_of(node)[:1], default=1) == 1
        if is_single and singles >= _SINGLES:
            continue
        for one, other in (sources, sources[::-1]):
            if one is not None and other is not None and is_log_probability(one):
                made = _find_difference(other)
                singles += is_single and made is not None
                if made is not None and (
                    leaves_behind(other) - leaves_behind(one) or _is_of_one_output(made, one)
                ):
                    found.append(made)
    return found


def _is_of_one_output(difference: Node, logs: Node) -> bool:
    """Whether a part of what log-probabilities are made of stands in a difference, as a value."""
    behind = set(walk(logs))
    for source, _ in difference.next_functions:
        part = skip(source)
        if part is not None and name_of(part).startswith(_PARTS):
            whole = part.next_functions[0][0]
            if part in behind or whole in behind:
                return True
    return False


def _find_difference(node: Node) -> Node | None:
    """Return what is left of one thing without another, perhaps divided by a spread.

    Where such differences are summed from the last step on, and kept in a list or written into a
    tensor, it is one of them.
    """
    waiting = [_made_of(node)]
    for _ in range(_SUMMED):
        if not waiting:
            break
        inner = waiting.pop(0)
        if name_of(inner).startswith(("SubBackward", "RsubBackward")):
            return None if _is_rest(inner) else inner
        if name_of(inner).startswith(("CopySlices", *JOINED)):
            following = [source for source, _ in inner.next_functions if source is not None]
            waiting += map(_made_of, following[:2])
    return None


def _is_rest(node: Node) -> bool:
    """Whether what a share leaves of 1 stands here, as a weight that is learned may be."""
    inner = skip(next((source for source, _ in node.next_functions if source is not None), None))
    return (
        name_of(node).startswith("RsubBackward")
        and inner is not None
        and name_of(inner).startswith(("Sigmoid", "Softmax"))
    )


def _made_of(node: Node) -> Node:
    """Return what was handed on here, before it was divided by a spread."""
    inner = skip(node)
    if inner is not None and name_of(inner).startswith("DivBackward"):
        following = [source for source, _ in inner.next_functions if source is not None]
        inner = skip(following[0]) if following else None
    return node if inner is None else inner
