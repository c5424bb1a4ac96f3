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

_PASSED_ON = ("Squeeze", "View", "Unsqueeze", "Reshape", "Neg", "Expand", "ToCopy", "Sum")
_PARTS = ("Split", "Unbind", "Select", "Slice")
_JOINED = ("AddBackward", "StackBackward", "CatBackward")
_STEPS = 6
_SUMMED = 12  # nodes on the way to a difference that is one of a sum
_ADDENDS = 500  # actions one after another that are looked at


def find_live_advantages(nodes: Iterable[Node]) -> list[Node]:
    """Return the differences with a gradient that log-probabilities are multiplied with.

    A difference must lead to leaves that the log-probabilities do not lead to: a critic's; or be
    of another part of the output that they are made of.
    """
    found: list[Node] = []
    for node in nodes:
        sources = [source for source, _ in node.next_functions]
        if name_of(node) != "MulBackward0" or len(sources) != 2 or None in sources:
            continue
        for one, other in (sources, sources[::-1]):
            if one is not None and other is not None and _is_log_probability(one):
                is_row = len(shape_of(node)) > 0 and shape_of(node)[0] > 1
                made = _find_difference(other) if is_row else None
                if made is not None and (
                    leaves_behind(other) - leaves_behind(one) or _is_of_one_output(made, one)
                ):
                    found.append(made)
    return found


def _is_of_one_output(difference: Node, logs: Node) -> bool:
    """Whether a part of what log-probabilities are made of stands in a difference, as a value."""
    behind = set(walk(logs))
    for source, _ in difference.next_functions:
        part = _skip(source)
        if part is not None and name_of(part).startswith(_PARTS):
            whole = part.next_functions[0][0]
            if part in behind or whole in behind:
                return True
    return False


def _is_log_probability(node: Node) -> bool:
    """Whether what was gathered out of logits less their logsumexp stands here, or a sum of such.

    Of actions that are drawn one after another, the log-probabilities add up.
    """
    waiting, left = [node], _ADDENDS
    while waiting and left:
        inner = _skip(waiting.pop())
        following = [s for s, _ in inner.next_functions if s is not None] if inner else []
        if inner is None or not following:
            return False
        name = name_of(inner)
        if name.startswith(_JOINED):
            waiting += following
        elif not (name.startswith("Gather") and _is_logarithm(following[0])):
            return False
        left -= 1
    return not waiting


def _is_logarithm(node: Node) -> bool:
    inner = _skip(node)
    return inner is not None and name_of(inner).startswith(("LogSoftmax", "SubBackward"))


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
            return inner
        if name_of(inner).startswith(("CopySlices", *_JOINED)):
            following = [source for source, _ in inner.next_functions if source is not None]
            waiting += map(_made_of, following[:2])
    return None


def _made_of(node: Node) -> Node:
    """Return what was handed on here, before it was divided by a spread."""
    inner = _skip(node)
    if inner is not None and name_of(inner).startswith("DivBackward"):
        following = [source for source, _ in inner.next_functions if source is not None]
        inner = _skip(following[0]) if following else None
    return node if inner is None else inner


def _skip(node: Node | None) -> Node | None:
    """Follow operations that hand on what they were given."""
    for _ in range(_STEPS):
        if node is None or not name_of(node).startswith(_PASSED_ON):
            break
        following = [source for source, _ in node.next_functions if source is not None]
        node = following[0] if following else None
    return node
