"""Answers that a ReLU has floored at zero, where a loss is to have some below it."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.targets_below import go_below_zero, read_target
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved

_RELU = "ReluBackward"
_LOSSES = ("MseLossBackward", "SmoothL1LossBackward", "HuberLossBackward")
_MISSES = ("AbsBackward", "PowBackward", "MulBackward")  # of a difference, or its square
_SHAPES = (
    "View", "Reshape", "UnsafeView", "Squeeze", "Unsqueeze", "Permute", "Transpose", "Select",
    "Slice", "Index", "Alias", "ToCopy", "Clone",
)  # fmt: skip
_ABOUT = (
    "Add",
    "Sub",
    "Rsub",
    "Clamp",
    "Neg",
    "Where",
    *_SHAPES,
)  # what stands between a log and a chance
_FAR = 6


def find_floored_answers(nodes: Sequence[Node], is_packed: Packed) -> dict[str, list[Node]]:
    """Return the ReLUs whose output a loss compares, or a logarithm's sigmoid is taken of."""
    compared = [relu for node in nodes if (relu := _compared(node, is_packed)) is not None]
    scored = [relu for node in nodes if (relu := _scored(node)) is not None]
    return {"floored_answers": compared, "floored_logits": scored}


def _scored(node: Node) -> Node | None:
    """Return the ReLU whose sigmoid a logarithm is taken of, as a cross-entropy by hand does."""
    if not name_of(node).startswith("LogBackward"):
        return None
    chance = _behind(node, _ABOUT)
    if chance is None or not name_of(chance).startswith("SigmoidBackward"):
        return None
    made = _behind(chance, _SHAPES)
    return made if made is not None and name_of(made).startswith(_RELU) else None


def _compared(node: Node, is_packed: Packed) -> Node | None:
    """Return the ReLU whose output is compared with targets that go below zero."""
    name = name_of(node)
    if not name.startswith((*_LOSSES, *_MISSES)) or is_packed(node):
        return None
    if name.startswith(_LOSSES):
        relu = _behind(node, _SHAPES)
        target = read_saved(node, "_saved_target")
        is_of_relu = relu is not None and name_of(relu).startswith(_RELU)
        return relu if is_of_relu and target is not None and go_below_zero(target) else None
    difference = node.next_functions[0][0]
    missed = read_saved(node, "_saved_self")
    if missed is None or difference is None or name_of(difference) != "SubBackward0":
        return None
    (answers, _), *others = difference.next_functions
    if answers is None or any(other is not None for other, _ in others):
        return None  # what learns too is no target
    if getattr(difference, "_saved_alpha", 1) != 1:
        return None
    relu, weights = _relu_behind(answers, is_packed)
    made = None if relu is None else read_saved(relu, "_saved_result")
    target = None if made is None else read_target(made, weights, missed)
    return relu if target is not None and go_below_zero(target) else None


def _relu_behind(node: Node, is_packed: Packed) -> tuple[Node | None, list[Tensor]]:
    """Return the ReLU that gave answers, and by what they were multiplied, as by a mask."""
    weights: list[Tensor] = []
    while name_of(node).startswith("MulBackward") and not is_packed(node):
        source, weight = node.next_functions[0][0], read_saved(node, "_saved_other")
        if source is None or weight is None or node.next_functions[1:] != ((None, 0),):
            return None, []
        weights.append(weight)
        node = source
    is_relu = name_of(node).startswith(_RELU) and not is_packed(node)
    return (node if is_relu else None), weights


def _behind(node: Node, passing: tuple[str, ...]) -> Node | None:
    """Return the first operation behind a node that is none of those that hand on."""
    for _ in range(_FAR):
        source = next((each for each, _ in node.next_functions if each is not None), None)
        if source is None or not name_of(source).startswith(passing):
            return source
        node = source
    return None
