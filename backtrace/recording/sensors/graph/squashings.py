"""Softmaxes and sigmoids: taken twice, or in a hinge, or over another axis than what is summed."""

from __future__ import annotations

from collections.abc import Sequence

from torch.autograd.graph import Node

from backtrace.recording.kernels.value_changes import is_one_more
from backtrace.recording.sensors.graph.autograd_nodes import (
    Packed,
    name_of,
    read_saved,
    shape_of,
    signed,
)

_SOFT = {"SoftmaxBackward0": "softmax", "LogSoftmaxBackward0": "log_softmax"}
_SIGMOIDS = {"SigmoidBackward0": "sigmoid", "LogSigmoidBackward0": "logsigmoid"}
_SHAPES = {"ViewBackward0", "UnsafeViewBackward0", "SqueezeBackward1", "SqueezeBackward0",
           "UnsqueezeBackward0", "CloneBackward0", "ExpandBackward0",
           "ReshapeAliasBackward0"}  # fmt: skip
_PASSING = {*_SHAPES, "NativeDropoutBackward0"}
_ON_SCORES = {*_SHAPES, "DivBackward0", "MulBackward0", "AddBackward0", "SubBackward0",
              "MaskedFillBackward0", "WhereBackward0"}  # fmt: skip
_PRODUCTS = {"BmmBackward0", "MmBackward0"}
_FAR = 8  # nodes that are passed


def find_squashed_twice(nodes: Sequence[Node], is_packed: Packed) -> tuple[str, list[Node]]:
    """Return how the first is written, `sigmoid of sigmoid`, and its node.

    `logits of softmax` are what a distribution was given as such, and `hinge of sigmoid` is
    `relu(1 + score)`.
    """
    for node in nodes:
        name = name_of(node)
        if name == "ReluBackward0" and _is_hinge_of_sigmoid(node, is_packed):
            return "hinge of sigmoid", [node]
        if name == "SubBackward0" and _normalizes_softmax(node):
            return "logits of softmax", [node]
        kinds = _SOFT if name in _SOFT else _SIGMOIDS if name in _SIGMOIDS else {}
        inner = _behind(node, _SHAPES) if kinds else None
        found = name_of(inner) if inner is not None else ""
        if inner is None or found not in kinds or "Log" in found:
            continue
        if kinds is _SIGMOIDS or _axis_of(node) == _axis_of(inner):
            return f"{kinds[name]} of {kinds[found]}", [node]
    return "", []


def find_softmax_over_queries(nodes: Sequence[Node]) -> list[Node]:
    """Return the softmaxes of scores whose weights are summed over the other of their two axes.

    Scores are a product of two things with a graph. Where both sides of the second product are
    softmaxes, as in attention in two directions, nothing is said.
    """
    found = []
    for node in nodes:
        if name_of(node) not in _PRODUCTS:
            continue
        sides = [_softmax_behind(source) for source, _ in node.next_functions[:2]]
        if len(sides) != 2 or (sides[0] is None) == (sides[1] is None):
            continue
        side = sides[0] or sides[1]
        if side is None:  # never; for the checker
            continue
        softmax, is_turned = side
        summed = -1 if (sides[0] is not None) != is_turned else -2
        axis = _axis_of(softmax)
        if axis in (-1, -2) and axis != summed and _is_of_scores(softmax):
            found.append(softmax)
    return found


def _is_hinge_of_sigmoid(relu: Node, is_packed: Packed) -> bool:
    """Whether it is of 1 more than a sigmoid, which is above 0 whatever the score."""
    added = relu.next_functions[0][0]
    if added is None or name_of(added) != "AddBackward0":
        return False
    sigmoid = next((each for each, _ in added.next_functions if each is not None), None)
    if sigmoid is not None and name_of(sigmoid) in _SHAPES:
        sigmoid = _behind(sigmoid, _SHAPES)
    if sigmoid is None or name_of(sigmoid) != "SigmoidBackward0":
        return False
    if is_packed(relu) or is_packed(sigmoid):
        return False
    hinge, score = read_saved(relu, "_saved_result"), read_saved(sigmoid, "_saved_result")
    return hinge is not None and score is not None and is_one_more(hinge, score)


def _normalizes_softmax(node: Node) -> bool:
    """Whether the logsumexp of a softmax, over the same axis, is subtracted from it."""
    sources = [source for source, _ in node.next_functions if source is not None]
    if len(sources) != 2:
        return False
    logits, total = sources
    if name_of(total) != "LogsumexpBackward0" or total.next_functions[0][0] is not logits:
        return False
    softmax = _behind(logits, _SHAPES) if name_of(logits) in _SHAPES else logits
    if softmax is None or name_of(softmax) != "SoftmaxBackward0":
        return False
    given: tuple[int, ...] = getattr(total, "_saved_dim", ())
    axes = {signed(axis) for axis in given}
    last = len(shape_of(logits))
    return {axis - last if axis >= 0 else axis for axis in axes} == {_axis_of(softmax)}


def _axis_of(softmax: Node) -> int:
    axis, axes = signed(getattr(softmax, "_saved_dim", 0)), len(shape_of(softmax))
    return axis - axes if axis >= 0 else axis


def _behind(node: Node, passing: set[str]) -> Node | None:
    """Return the first node behind another that does something else than those passed."""
    source = node.next_functions[0][0] if node.next_functions else None
    for _ in range(_FAR):
        if source is None or name_of(source) not in passing:
            return source
        source = next((each for each, _ in source.next_functions if each is not None), None)
    return None


def _softmax_behind(node: Node | None) -> tuple[Node, bool] | None:
    """Return the softmax that a factor of a product is, and whether its last axes were swapped."""
    is_turned = False
    for _ in range(_FAR):
        if node is None:
            return None
        name = name_of(node)
        if name == "SoftmaxBackward0":
            return node, is_turned
        if name in ("TransposeBackward0", "TBackward0"):
            if name[1] == "r" and not _swaps_last(node):
                return None
            is_turned = not is_turned
        elif name not in _PASSING and not _drops_out(node):
            return None
        source, shape = node.next_functions[0][0], shape_of(node)
        is_kept = source is not None and sorted(shape_of(source)[-2:]) == sorted(shape[-2:])
        node = source if is_kept else None
    return None


def _drops_out(node: Node) -> bool:
    """Whether a node may be dropout: a product with something that has no graph."""
    sources = [source for source, _ in node.next_functions]
    return name_of(node) == "MulBackward0" and len(sources) == 2 and sources[1] is None


def _swaps_last(node: Node) -> bool:
    axes = len(shape_of(node))
    dims = {signed(getattr(node, f"_saved_dim{at}", 0)) for at in (0, 1)}
    return {dim - axes if dim >= 0 else dim for dim in dims} == {-1, -2}


def _is_of_scores(softmax: Node) -> bool:
    product = _behind(softmax, _ON_SCORES)
    if product is None or name_of(product) not in _PRODUCTS:
        return False
    sides = [_origin(source) for source, _ in product.next_functions[:2]]
    return all(side not in ("", "AccumulateGrad") for side in sides)


def _origin(node: Node | None) -> str:
    """Return what made a factor, its shape aside; a layer's weight is a leaf."""
    for _ in range(_FAR):
        if node is None:
            return ""
        if name_of(node) not in {*_SHAPES, "TBackward0", "TransposeBackward0"}:
            return name_of(node)
        node = node.next_functions[0][0]
    return ""
