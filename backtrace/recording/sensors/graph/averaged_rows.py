"""Means and sums over rows that are multiplied with one number for each of these rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import prod

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import mark_of, name_of, shape_of
from backtrace.recording.sensors.graph.entropy_terms import LOG_PROB

_PASSED_ON = (
    "Neg", "View", "Squeeze", "Unsqueeze", "Reshape", "Expand", "ToCopy", "Stack", "Cat", "Unbind",
    "Select", "Slice",
)  # fmt: skip
_SUMMED = "Sum"  # over the parts of an action, or the tokens of a text
_SCALED = ("Mul", "Div", "Add", "Sub", "Rsub")
_CHOSEN = ("Gather", "Index")
_LOSSES = ("NllLoss", "BinaryCrossEntropy")
_MEAN = 1  # torch's own code of a loss function's reduction
_STEPS = 6


def find_averaged_rows(nodes: Iterable[Node]) -> list[tuple[Node, int]]:
    """Return means of log-probabilities or of losses that meet a number for each of their rows.

    The numbers carry no graph; each mean comes with how many rows it is of.
    """
    found: list[tuple[Node, int]] = []
    for node in nodes:
        sources = [source for source, _ in node.next_functions if source is not None]
        shape = shape_of(node)
        if name_of(node) != "MulBackward0" or len(sources) != 1 or prod(shape) < 2:
            continue
        mean = _skip(sources[0])
        rows = _count_rows(mean)
        if rows > 1 and shape in ((rows,), (rows, 1)):
            found.append((mean, rows))
    return found


def find_summed_rows(nodes: Sequence[Node]) -> list[tuple[Node, tuple[int, ...]]]:
    """Return sums over all rows that meet a number for each of them, in a sum or mean of terms.

    The numbers carry no graph, and have the first axes of what was summed; each sum comes with
    their shape. What is summed is computed of more than parameters.
    """
    above: dict[Node, list[Node]] = defaultdict(list)
    for node in nodes:
        for source, _ in node.next_functions:
            if source is not None:
                above[source].append(node)
    found: list[tuple[Node, tuple[int, ...]]] = []
    for node in nodes:
        sources = [source for source, _ in node.next_functions if source is not None]
        shape = shape_of(node)
        if name_of(node) != "MulBackward0" or len(sources) != 1 or prod(shape) < 2:
            continue
        total = _skip(sources[0], (*_PASSED_ON, *_SCALED))
        if _has_rows(total, shape) and _is_reduced(node, above):
            found.append((total, shape))
    return found


def _has_rows(total: Node, shape: tuple[int, ...]) -> bool:
    """Whether a node sums everything of something whose first axes are those of a shape."""
    source = total.next_functions[0][0] if total.next_functions else None
    if name_of(total) != "SumBackward0" or shape_of(total) or source is None or shape[0] < 2:
        return False
    kept = shape[:-1] if shape[-1] == 1 and len(shape) > 1 else shape
    summed = shape_of(source)
    for _ in range(_STEPS):  # the norm of a weight: its rows are none of a batch
        following = [each for each, _ in source.next_functions if each is not None]
        if not following:
            return False
        if len(following) > 1:
            break
        source = following[0]
    return summed[: len(kept)] == kept


def _is_reduced(node: Node, above: dict[Node, list[Node]]) -> bool:
    """Whether a product is a term, or a multiple of one, of what is summed or averaged."""
    for _ in range(_STEPS):
        users = above[node]
        if len(users) != 1:
            return False
        node = users[0]
        name = name_of(node)
        if name.startswith((_SUMMED, "Mean")):
            return True
        others = [each for each, _ in node.next_functions if each is not None]
        if not name.startswith(("Neg", "Add", "Sub")) and (
            not name.startswith(_SCALED) or len(others) > 1
        ):
            return False
    return False


def _count_rows(node: Node) -> int:
    """Return of how many rows' scores a node is the mean, 0 where it is something else."""
    if shape_of(node):
        return 0
    source, index = next(((s, at) for s, at in node.next_functions if s is not None), (None, 0))
    shape = shape_of(source, index) if source is not None else ()
    name = name_of(node)
    if source is None or not shape:
        return 0
    if name == "MeanBackward0" and prod(shape) == shape[0] and _is_score(source):
        return shape[0]
    is_loss = name.startswith(_LOSSES) and getattr(node, "_saved_reduction", 0) == _MEAN
    return shape[0] if is_loss else 0


def _is_score(node: Node) -> bool:
    """Whether log-probabilities of what was chosen stand here, of a distribution or gathered."""
    for _ in range(_STEPS):
        if mark_of(node, LOG_PROB) is not None:
            return True
        name = name_of(node)
        following = [source for source, _ in node.next_functions if source is not None]
        if not following or not name.startswith((*_PASSED_ON, _SUMMED, *_CHOSEN)):
            return False
        node = following[0]
        if name.startswith(_CHOSEN):
            return name_of(_skip(node)).startswith("LogSoftmax")
    return False


def _skip(node: Node, passed: tuple[str, ...] = _PASSED_ON) -> Node:
    """Follow operations that hand on what they were given, in another shape or with a minus."""
    for _ in range(_STEPS):
        following = [source for source, _ in node.next_functions if source is not None]
        if len(following) != 1 or not name_of(node).startswith(passed):
            break
        node = following[0]
    return node
