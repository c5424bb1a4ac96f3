"""Log-probabilities times something that has a gradient of its own, as an advantage should not."""

from __future__ import annotations

from collections.abc import Iterable

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import leaves_behind, name_of, shape_of

_PASSED_ON = ("Squeeze", "View", "Unsqueeze", "Reshape", "Neg", "Expand", "ToCopy", "Sum")
_STEPS = 6


def find_live_advantages(nodes: Iterable[Node]) -> list[Node]:
    """Return the differences with a gradient that log-probabilities are multiplied with.

    A difference must lead to leaves that the log-probabilities do not lead to: a critic's.
    """
    found: list[Node] = []
    for node in nodes:
        sources = [source for source, _ in node.next_functions]
        if name_of(node) != "MulBackward0" or len(sources) != 2 or None in sources:
            continue
        for one, other in (sources, sources[::-1]):
            if one is not None and other is not None and _is_log_probability(one):
                is_row = len(shape_of(node)) > 0 and shape_of(node)[0] > 1
                if is_row and _is_difference(other) and leaves_behind(other) - leaves_behind(one):
                    found.append(_made_of(other))
    return found


def _is_log_probability(node: Node) -> bool:
    """Whether what was gathered out of logits less their logsumexp stands here."""
    for _ in range(_STEPS):
        name = name_of(node)
        following = [source for source, _ in node.next_functions if source is not None]
        if name.startswith("Gather"):
            inner = _skip(following[0]) if following else None
            return inner is not None and name_of(inner).startswith(("LogSoftmax", "SubBackward"))
        if not following or not name.startswith(_PASSED_ON):
            return False
        node = following[0]
    return False


def _is_difference(node: Node) -> bool:
    """Whether it is what is left of one thing without another, perhaps divided by a spread."""
    return name_of(_made_of(node)).startswith(("SubBackward", "RsubBackward"))


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
