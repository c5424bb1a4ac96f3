"""Norms of gradients that are to meet a number, where a sigmoid ends what they are the slope of."""

from __future__ import annotations

from collections.abc import Sequence

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import name_of
from backtrace.recording.sensors.graph.axis_norms import has_target, is_of_sigmoid

_NORMS = ("LinalgVectorNormBackward", "NormBackward", "SqrtBackward")
_LINEAR = (
    "Add", "Sub", "Neg", "Rsub", "Mul", "Div", "Mean", "Sum", "View", "Squeeze", "Unsqueeze",
    "Select", "Slice", "Split", "Reshape", "Stack",
)  # fmt: skip
_OPINIONS = ("SigmoidBackward", "AddmmBackward", "MmBackward", "ConvolutionBackward")
_LOGS = ("BinaryCrossEntropy", "LogBackward", "LogSigmoid", "Softplus", "NllLoss")
_FAR = 6  # nodes from a norm to the gradient that it is of
_MOST = 200


def find_squashed_penalties(roots: Sequence[Node], nodes: Sequence[Node]) -> list[Node]:
    """Return such norms in a loss that has plain means of opinions, as a Wasserstein loss has.

    Where an opinion is a probability, as beside a cross-entropy, its slope may be asked for.
    """
    norms = [node for node in nodes if name_of(node).startswith(_NORMS) and _is_squashed(node)]
    if not norms or any(name_of(node).startswith(_LOGS) for node in nodes):
        return []
    return [node for node in norms if has_target(node, nodes)] if _has_means(roots) else []


def _is_squashed(norm: Node) -> bool:
    node: Node | None = norm
    for _ in range(_FAR):
        node = node.next_functions[0][0] if node is not None and node.next_functions else None
        if node is None:
            return False
        if is_of_sigmoid(node):
            return True
    return False


def _has_means(roots: Sequence[Node]) -> bool:
    """Whether a mean of a layer's output, or of its sigmoid, is a term of the loss."""
    seen = dict.fromkeys(roots, False)  # whether a mean was passed
    waiting = list(roots)
    while waiting and len(seen) < _MOST:
        node = waiting.pop()
        name = name_of(node)
        if name.startswith(_OPINIONS) and seen[node]:
            return True
        for source, _ in node.next_functions if name.startswith(_LINEAR) else ():
            if source is not None and source not in seen:
                seen[source] = seen[node] or name.startswith("Mean")
                waiting.append(source)
    return False
