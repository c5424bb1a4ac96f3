"""Losses whose weight is made of their own mean: `(1 - exp(-mean)) ** 2 * mean`."""

from __future__ import annotations

from collections.abc import Sequence

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import name_of, shape_of

_BY_NUMBERS = (
    "AddBackward0", "DivBackward0", "MulBackward0", "NegBackward0", "PowBackward0", "RsubBackward1",
    "SubBackward0",
)  # fmt: skip
_LONGEST = 8
_MEANS = (
    "BinaryCrossEntropyBackward0",
    "BinaryCrossEntropyWithLogitsBackward0",
    "MeanBackward0",
    "NllLossBackward0",
    "NllLoss2DBackward0",
)


def find_focused_means(nodes: Sequence[Node]) -> list[Node]:
    """Return losses of several rows that are one number when their focal weight is taken.

    Each is a product of a mean and of what an exponential of the negated mean was made into.
    """
    return [node for node in nodes if name_of(node) == "MulBackward0" and _is_focused(node)]


def _is_focused(product: Node) -> bool:
    factors = [_plain(source) for source, _ in product.next_functions if source is not None]
    if len(factors) != 2 or shape_of(product):
        return False
    for weight, mean in (factors, factors[::-1]):
        rows = next((shape_of(each, at) for each, at in mean.next_functions if each), ())
        is_mean = name_of(mean) in _MEANS and bool(rows) and rows[0] > 1
        if is_mean and name_of(weight) == "ExpBackward0":
            source = weight.next_functions[0][0]
            return source is not None and _plain(source) is mean
    return False


def _plain(node: Node) -> Node:
    """Return what numbers alone were added to, multiplied or raised on the way to a node."""
    for _ in range(_LONGEST):
        sources = [source for source, _ in node.next_functions if source is not None]
        if len(sources) != 1 or name_of(node) not in _BY_NUMBERS:
            break
        node = sources[0]
    return node
