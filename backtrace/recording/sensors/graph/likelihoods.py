"""Likelihoods that a loss falls with: the score of what is right, less the partition of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from torch.autograd.graph import Node

from backtrace.recording.kernels.scalars import read_factor
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved

_MOST = 500  # nodes that are looked at from the loss
_DEEPEST = 2000  # and from a partition, which a recursion over time makes long
_PARTITION = "LogsumexpBackward"
_PICKS = ("IndexBackward", "GatherBackward", "TakeBackward")
_KEPT = (
    "Mean", "Sum", "View", "Squeeze", "Unsqueeze", "Reshape", "ToCopy", "Clone", "Stack", "Cat",
    "UnsafeView",
)  # fmt: skip
_PARTS = ("Select", "Slice", "View", "Squeeze", "Unsqueeze", "Transpose", "Permute", "T")
_SUMS = {"AddBackward0": 1, "SubBackward0": -1}


def find_falling_likelihoods(
    roots: Iterable[Node], nodes: Iterable[Node], is_packed: Packed
) -> list[Node]:
    """Return the partitions with a minus in the loss, beside what was picked of their own terms.

    Such a difference is the logarithm of a probability, and below zero. What it is multiplied with,
    as with a reward, leaves its sign unsure; a division by how many there are does not.
    """
    names = [name_of(node) for node in nodes]
    if not any(name.startswith(_PARTITION) for name in names):
        return []
    if not any(name.startswith(_PICKS) for name in names):
        return []
    partitions, picked = _terms(roots, is_packed)
    behind = {node for pick in picked for node in _through_parts(pick)}
    return [node for node in partitions if behind & _made_of(node)]


def _terms(roots: Iterable[Node], is_packed: Packed) -> tuple[list[Node], list[Node]]:
    """Return the partitions that lower what is at the roots, and the picks that raise it."""
    signs: dict[Node, int] = dict.fromkeys(roots, 1)
    waiting, partitions, picked = list(signs), [], []
    while waiting and len(signs) < _MOST:
        node = waiting.pop()
        name, sign = name_of(node), signs[node]
        if name.startswith(_PARTITION):
            partitions += [node] * (sign < 0)
        elif name.startswith(_PICKS):
            picked += [node] * (sign > 0)
        else:
            for source, own in _sources(node, name, is_packed):
                if source not in signs:
                    signs[source] = sign * own
                    waiting.append(source)
    return partitions, picked


def _sources(node: Node, name: str, is_packed: Packed) -> Iterator[tuple[Node, int]]:
    """Give what a node is the sum of, with the sign it has in it, as far as that is sure."""
    sources = [source for source, _ in node.next_functions]
    signs: list[int] = []
    if name in _SUMS and getattr(node, "_saved_alpha", 1) == 1:
        signs = [1, _SUMS[name]]
    elif name in ("NegBackward0", "RsubBackward0"):
        signs = [-1]
    elif name in ("MulBackward0", "DivBackward0"):
        saved = "_saved_self" if sources and sources[0] is None else "_saved_other"
        factor = None if is_packed(node) else read_factor(read_saved(node, saved))
        is_divided = name == "DivBackward0" and sources[0] is not None
        if factor == -1 or (factor is not None and factor > 0 and is_divided):
            signs = [-1 if factor < 0 else 1] * len(sources)
    elif name.startswith(_KEPT):
        signs = [1] * len(sources)
    for source, sign in zip(sources, signs, strict=False):
        if source is not None:
            yield source, sign


def _through_parts(pick: Node) -> Iterator[Node]:
    """Give what was picked from, and what that is a part of."""
    node = pick.next_functions[0][0]
    while node is not None:
        yield node
        node = node.next_functions[0][0] if name_of(node).startswith(_PARTS) else None


def _made_of(node: Node) -> set[Node]:
    """Return what a node was made of, as far as that is near."""
    found, waiting = {node}, [node]
    for each in waiting:
        for source, _ in each.next_functions:
            if source is not None and source not in found and len(found) < _DEEPEST:
                found.add(source)
                waiting.append(source)
    return found
