"""Losses that are one minus a ratio, as of an overlap, beside what cannot be below zero."""

from __future__ import annotations

from collections.abc import Sequence

from torch.autograd.graph import Node

from backtrace.recording.kernels.fingerprints import measure_largest
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved, walk
from backtrace.recording.sensors.graph.raw_similarities import factor_of
from backtrace.recording.tensors.assigned_lines import find_assignment

_MOST = 60  # nodes between a loss and its terms
_HANDED_ON = ("Mean", "Sum", "Select", "Squeeze", "Stack", "Unsqueeze", "View", "Reshape", "ToCopy")
_NEVER_BELOW_ZERO = (
    "Abs", "BinaryCrossEntropy", "HuberLoss", "MseLoss", "NllLoss", "Relu", "Sigmoid",
    "SmoothL1Loss", "Softplus", "Sqrt",
)  # fmt: skip
_SAVED = ("_saved_self", "_saved_other")
_WHOLE = 1.01  # rounding goes less far beyond one
_LONGEST = 6  # operations from the one that subtracts to the ratio


def find_shares(roots: Sequence[Node], is_packed: Packed) -> list[Node]:
    """Return the subtractions `1 - a / b` that a loss adds to what cannot be below zero.

    Nothing where it also adds something of which that is not known.
    """
    found: list[Node] = []
    waiting = list(roots)
    for node in waiting:  # it grows
        if name_of(node).startswith(_NEVER_BELOW_ZERO):
            continue
        if name_of(node) == "RsubBackward1" and _is_of_ratio(node):
            found.append(node)
            continue
        sources = [source for source, _ in node.next_functions]
        if (None in sources and name_of(node) == "AddBackward0") or len(waiting) > _MOST:
            return []
        if not _keeps_sign(node, is_packed):
            return []
        waiting += [source for source in sources if source is not None]
    return found


def read_shared(shares: Sequence[Node], is_packed: Packed) -> tuple[float, dict[str, str]]:
    """Return the largest number of what is counted in a share, if above one, and where it is made.

    0 if it is not, or is itself computed with a gradient. The line is by its name in GraphSeen,
    and is known of what has a global variable that is assigned in one line.
    """
    for share in shares:
        for node in walk(share, _MOST):
            if name_of(node) != "MulBackward0" or is_packed(node):
                continue
            for attribute, (source, _) in zip(_SAVED, node.next_functions, strict=True):
                factor = read_saved(node, attribute) if source is None else None
                largest = measure_largest(factor) if factor is not None and factor.ndim else None
                if factor is not None and largest is not None and largest > _WHOLE:
                    line = find_assignment(factor)
                    return largest, {"shared": line} if line else {}
    return 0.0, {}


def _keeps_sign(node: Node, is_packed: Packed) -> bool:
    """Whether what a node gives is below zero only if something that it takes is."""
    name = name_of(node)
    if name == "AddBackward0":
        return True
    if name in ("MulBackward0", "DivBackward0"):
        return factor_of(node, is_packed) > 0
    return name.startswith(_HANDED_ON)


def _is_of_ratio(node: Node) -> bool:
    """Whether a ratio of two things that are computed is what is taken away."""
    for _ in range(_LONGEST):
        source = node.next_functions[0][0]
        if source is None:
            return False
        node, name = source, name_of(source)
        if name == "DivBackward0":
            return all(each is not None for each, _ in node.next_functions)
        if name != "SubBackward0" and not name.startswith(_HANDED_ON):
            return False
    return False
