"""Entropies of distributions in a loss, and whether the loss grows with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import copysign

from torch.autograd.graph import Node

from backtrace.recording.kernels.scalars import read_factor
from backtrace.recording.sensors.graph.autograd_nodes import Packed, mark_of, name_of, read_saved

ENTROPY = "backtrace.entropy"  # marks on what distributions returned
LOG_PROB = "backtrace.log_prob"
_MOST = 500
_KEPT = (
    "Mean", "Sum", "View", "Squeeze", "Unsqueeze", "Reshape", "Expand", "ToCopy", "Clone", "Select",
    "Slice", "Stack", "Cat", "UnsafeView",
)  # fmt: skip
_SUMS = {"AddBackward0": 1.0, "SubBackward0": -1.0}


def find_penalised_entropies(
    roots: Iterable[Node], nodes: Iterable[Node], is_packed: Packed
) -> list[Node]:
    """Return the entropies that raise the loss, in a loss that has log-probabilities as well."""
    if not any(mark_of(node, LOG_PROB) is not None for node in nodes):
        return []
    signs: dict[Node, float] = dict.fromkeys(roots, 1.0)
    waiting, found = list(signs), []
    while waiting and len(signs) < _MOST:
        node = waiting.pop()
        if mark_of(node, ENTROPY) is not None:
            found += [node] * (signs[node] > 0)
            continue
        for source, sign in _sources(node, is_packed):
            if source not in signs:
                signs[source] = sign * signs[node]
                waiting.append(source)
    return found


def _sources(node: Node, is_packed: Packed) -> Iterator[tuple[Node, float]]:
    """Give what a node was made of, with the sign it has in it, as far as that is sure."""
    name = name_of(node)
    sources = [source for source, _ in node.next_functions]
    signs: list[float] = []
    if name in _SUMS:
        alpha = getattr(node, "_saved_alpha", 1)
        second = copysign(1.0, alpha) if isinstance(alpha, int | float) else 0.0
        signs = [1.0, _SUMS[name] * second]
    elif name in ("NegBackward0", "RsubBackward0"):
        signs = [-1.0]
    elif name in ("MulBackward0", "DivBackward0"):
        saved = "_saved_self" if sources and sources[0] is None else "_saved_other"
        factor = None if is_packed(node) else read_factor(read_saved(node, saved))
        signs = [copysign(1.0, factor)] * len(sources) if factor else []
    elif name.startswith(_KEPT):
        signs = [1.0] * len(sources)
    for source, sign in zip(sources, signs, strict=False):
        if source is not None and sign:
            yield source, sign
