"""Norms of gradients that are part of a loss, taken over one axis where a row has several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from torch import Tensor, nn
from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import (
    items_of,
    metadata_of,
    name_of,
    shape_of,
    signed,
    tensors_in,
)

_KEY = "backtrace.derivative"
_SQUASHED = "backtrace.derivative_of_sigmoid"
_NORMS = ("LinalgVectorNormBackward", "NormBackward")
_PASSING = ("AddBackward0", "NegBackward0", "SqueezeBackward", "ToCopyBackward0", "ViewBackward0")
_REDUCED = ("SumBackward", "MeanBackward")
_TARGETS = ("SubBackward0", "RsubBackward1", "MseLossBackward0", "SmoothL1LossBackward0")
_SHAPES = ("SqueezeBackward", "ViewBackward0", "UnsqueezeBackward", "SelectBackward")
_STEPS = 2
_SQUARE = 2.0

Place = tuple[Node | None, int]


def mark_derivatives(outputs: object, inputs: object, result: object) -> None:
    """Mark what `torch.autograd.grad` returned with the number of elements it is the gradient of.

    Gradients of parameters are left out: they have no rows. A second mark says whether it is the
    gradient of a sigmoid.
    """
    count = sum(_count_outputs(tensor) for tensor in tensors_in(outputs))
    is_squashed = any(map(_ends_in_sigmoid, tensors_in(outputs)))
    by = [inputs] if isinstance(inputs, Tensor) else items_of(inputs)
    found = [result] if isinstance(result, Tensor) else items_of(result)
    for given, grad in zip(by, found, strict=False):
        is_marked = isinstance(grad, Tensor) and not isinstance(given, nn.Parameter)
        if is_marked and grad.grad_fn is not None:
            metadata_of(grad.grad_fn)[_KEY] = (grad.output_nr, count)
            metadata_of(grad.grad_fn)[_SQUASHED] = is_squashed


def is_derivative(tensor: Tensor) -> bool:
    """Whether a tensor is just what `torch.autograd.grad` returned, and no part of it."""
    if tensor.grad_fn is None:
        return False
    place = metadata_of(tensor.grad_fn).get(_KEY)
    return isinstance(place, tuple) and place[0] == tensor.output_nr


def is_of_sigmoid(node: Node) -> bool:
    """Whether a node made the gradient of what a sigmoid gave."""
    return metadata_of(node).get(_SQUASHED) is True


def _ends_in_sigmoid(tensor: Tensor) -> bool:
    node = tensor.grad_fn
    for _ in range(_STEPS + 1):
        if node is None or not name_of(node).startswith((*_REDUCED, *_SHAPES)):
            break
        node = node.next_functions[0][0]
    return node is not None and name_of(node).startswith("SigmoidBackward")


def _count_outputs(tensor: Tensor) -> int:
    """Return how many elements a tensor has, or had before it was reduced to one."""
    node = tensor.grad_fn
    if node is None or tensor.numel() > 1 or not name_of(node).startswith(_REDUCED):
        return tensor.numel()
    source, index = node.next_functions[0]
    return prod(shape_of(source, index)) if source is not None else 1


def find_axis_norms(nodes: Sequence[Node]) -> list[tuple[Node, tuple[int, ...]]]:
    """Return norms over axis 1 alone of such gradients, with their shapes, that have a target.

    Only of gradients with more axes and of which there are more norms than outputs: where each
    place has an output of its own, as a field of points has, it has a norm of its own as well.
    """
    found = [(node, inner) for node in nodes if (inner := _under_norm(node)) is not None]
    told = []
    for node, source in found:
        shape, count = _gradient(source)
        norms = prod(shape[:1] + shape[2:])
        if len(shape) > 2 and norms > max(count, shape[0]) and has_target(node, nodes):
            told.append((node, shape))
    return told


def _under_norm(node: Node) -> Place | None:
    """Return what a norm over axis 1 is taken of, by a call or as the root of a sum of squares."""
    name = name_of(node)
    if name.startswith(_NORMS):
        source = node.next_functions[0]
        return source if _is_axis_1(node, source) else None
    if name != "SqrtBackward0":
        return None
    total = _behind(node.next_functions[0])[-1][0]
    if total is None or name_of(total) != "SumBackward1":
        return None
    squares = total.next_functions[0]
    return _root_of(squares[0]) if squares[0] and _is_axis_1(total, squares) else None


def _root_of(square: Node) -> Place | None:
    name, sources = name_of(square), square.next_functions
    if name == "PowBackward0" and getattr(square, "_saved_exponent", None) == _SQUARE:
        return sources[0]
    return sources[0] if name == "MulBackward0" and len(set(sources)) == 1 else None


def _is_axis_1(node: Node, source: Place) -> bool:
    dimensions = len(shape_of(source[0], source[1])) if source[0] is not None else 0
    axes = getattr(node, "_saved_dim", None)
    if not isinstance(axes, tuple) or len(axes) != 1 or not isinstance(axes[0], int):
        return False
    return signed(axes[0]) in (1, 1 - dimensions)


def _behind(place: Place) -> list[Place]:
    """Return a place, and those that it comes from as it is."""
    found = [place]
    while len(found) <= _STEPS and place[0] is not None and _passes(place[0]):
        place = place[0].next_functions[0]
        found.append(place)
    return found


def _passes(node: Node) -> bool:
    """Whether it gives one tensor on as it is, but for a number that is added, or its sign."""
    is_named = name_of(node).startswith(_PASSING)
    return is_named and _has_one_source(node) and node.next_functions[0][0] is not None


def _gradient(place: Place) -> tuple[tuple[int, ...], int]:
    """Return the shape of a marked gradient, and of how many elements it is; () of others."""
    for node, index in _behind(place):
        mark = metadata_of(node).get(_KEY) if node is not None else None
        if node is not None and isinstance(mark, tuple) and mark[0] == index:
            shape, start = shape_of(node, index), place[0]
            is_whole = start is not None and shape == shape_of(start, place[1])
            return (shape, mark[1]) if is_whole else ((), 0)
    return (), 0


def has_target(norm: Node, nodes: Sequence[Node]) -> bool:
    """Return whether a constant is taken from a norm, or a loss compares it with one."""
    current = {norm}
    for _ in range(_STEPS):
        users = list(_users(current, nodes))
        if any(name_of(user).startswith(_TARGETS) and _has_one_source(user) for user in users):
            return True
        current = {user for user in users if _passes(user)}
    return False


def _users(of: set[Node], nodes: Sequence[Node]) -> Iterator[Node]:
    return (node for node in nodes if any(source in of for source, _ in node.next_functions))


def _has_one_source(node: Node) -> bool:
    return sum(source is not None for source, _ in node.next_functions) == 1
