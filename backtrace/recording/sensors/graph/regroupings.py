"""Views that take a tensor's elements from axis to axis, where a transpose would be in place."""

from __future__ import annotations

from collections.abc import Sequence

from torch.autograd.graph import Node

from backtrace.ledger.graph_parts import Regrouping
from backtrace.recording.kernels.picture_layouts import are_channels_last
from backtrace.recording.sensors.graph.autograd_nodes import (
    MODULE,
    Packed,
    leaf_of,
    mark_of,
    name_of,
    read_saved,
    shape_of,
)
from backtrace.recording.sensors.graph.steep_slopes import is_readable

_VIEWS = ("ViewBackward0", "UnsafeViewBackward0", "ReshapeAliasBackward0")
_ATTENTION = ("BmmBackward0", "UnsafeViewBackward0", "ScaledDotProduct")
# Where what a layer multiplies is saved, and which of its inputs that is.
_LINEAR = {"AddmmBackward0": ("_saved_mat1", 1), "MmBackward0": ("_saved_self", 0)}
# Losses that compare element by element: what both sides are viewed as is all the same to them.
_COMPARING = ("Mse", "L1Loss", "SmoothL1", "Huber", "BinaryCrossEntropy")
# What gives maps (B, C, H, W), and what leaves each element where it is.
_MAPPING = (
    "Convolution",
    "MkldnnConv",
    "NativeBatchNorm",
    "CudnnBatchNorm",
    "MaxPool2D",
    "AvgPool2D",
)
_IN_PLACE = (
    "Relu",
    "LeakyRelu",
    "Elu",
    "Gelu",
    "Silu",
    "Hardtanh",
    "Tanh",
    "Sigmoid",
    "Mul",
    "Add",
)
_TAKING = ("Clone", "Unbind", "Split", "Select")  # one of the queries, keys and values
_MOST = 20
_STEPS = 4  # back to the module that made what is viewed

Shape = tuple[int, ...]


def read_regroupings(nodes: Sequence[Node], is_packed: Packed) -> dict[Regrouping, Node]:
    """Return the views among `nodes` that put sizes into another order, each kind of them once.

    Besides, those of a batch, which has no node of its own, that linear layers or convolutions
    were given.
    """
    found: dict[Regrouping, Node] = {}
    losses = (node for node in nodes if name_of(node).startswith(_COMPARING))
    compared = {source for node in losses for source, _ in node.next_functions}
    classes = {node.next_functions[0][0] for node in nodes if _is_over_classes(node)}
    for node in nodes:
        if len(found) == _MOST:
            break
        if name_of(node) in _VIEWS:
            seen = None if node in compared else _read_view(node, is_sure=node in classes)
        else:
            seen = None if is_packed(node) else _read_viewed_batch(node)
        if seen is not None:
            found.setdefault(seen, node)
    return found


def _is_over_classes(node: Node) -> bool:
    """Whether a node is a softmax over the second axis, which is then that of the classes."""
    is_softmax = name_of(node) in ("LogSoftmaxBackward0", "SoftmaxBackward0")
    return is_softmax and getattr(node, "_saved_dim", 0) == 1


def _read_view(node: Node, is_sure: bool) -> Regrouping | None:
    source, index = node.next_functions[0]
    if source is None or leaf_of(source) is not None:
        return None
    before, after = shape_of(source, index), shape_of(node)
    is_merged = name_of(source).startswith(_ATTENTION) and _splits(after, before)
    is_rolled = _rolls(before, after) and _is_map(source)
    is_moved = is_sure and _moves_classes(before, after)
    is_turned = _turns_heads(before, after) and _has_heads(source, before)
    is_one = is_merged or is_rolled or is_moved or is_turned
    if is_one or any(test(before, after) for test in _TESTS):
        return Regrouping(before, after, _module_of(source))
    return None


def _read_viewed_batch(node: Node) -> Regrouping | None:
    """Return that a linear layer took rows of C of a batch that lies in memory as (B, C, H, W).

    Rows that fit into a channel, or into which channels fit, may be meant.
    """
    if name_of(node) == "ConvolutionBackward0":
        return _read_viewed_pictures(node)
    attribute, place = _LINEAR.get(name_of(node), ("", 0))
    if not attribute or node.next_functions[place][0] is not None:
        return None
    rows = read_saved(node, attribute)
    batch = rows if rows is None else getattr(node, attribute)._base
    if rows is None or batch is None or batch.dim() != 4 or rows.dim() != 2:
        return None
    if not (batch.is_contiguous() and rows.is_contiguous()):
        return None
    (_, b, c, d), elements = batch.shape, batch[:1].numel()
    if rows.shape[1] != b or _fit(b, c * d) or rows.numel() % elements:
        return None
    return Regrouping((rows.numel() // elements, b, c, d), tuple(rows.shape))


def _read_viewed_pictures(node: Node) -> Regrouping | None:
    """Return that a convolution took as (B, C, H, W) what lies in memory as (B, H, W, C).

    A batch whose pictures were viewed one by one lies there as it is; their elements tell.
    """
    if node.next_functions[0][0] is not None:
        return None
    given = read_saved(node, "_saved_input")
    if given is None or given.dim() != 4 or not given.is_contiguous():
        return None
    batch = node._saved_input._base  # type: ignore[attr-defined]
    count, c, h, w = given.shape
    if c in (1, h) or h * w == 1:  # it is the same, or cannot be told
        return None
    is_whole = batch is not None and batch.dim() == 4 and batch.is_contiguous()
    if is_whole and tuple(batch.shape[1:]) == (h, w, c):
        return Regrouping((count, h, w, c), (count, c, h, w))
    if is_readable(given) and are_channels_last(given):
        return Regrouping((count, h, w, c), (count, c, h, w), by_values=True)
    return None


def _splits(one: Shape, other: Shape) -> bool:
    """Whether (…, b, x·y) became (…, x, b, y): the new axis stands before one it is no part of."""
    if len(other) != len(one) + 1 or len(one) < 2:
        return False
    (*front, b, _), (*ahead, x, middle, y) = one, other
    return front == ahead and middle == b and b not in (1, x) and x > 1 and y > 1


def _swaps(one: Shape, other: Shape) -> bool:
    """Whether two axes that follow each other have changed places.

    Heads are split off as (T, B, E) to (T, B·h, d), which looks so where B·h is E.
    """
    if len(one) != len(other) or len(one) < 3:
        return False
    places = [at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    if len(places) != 2 or places[1] != places[0] + 1:
        return False
    first, second = places
    sizes = one[first], one[second]
    if not sizes[0] % sizes[1] or not sizes[1] % sizes[0]:
        return False
    return sizes == (other[second], other[first])


def _turns(one: Shape, other: Shape) -> bool:
    """Whether three axes went on by one place, as (B, C, T) that became (T, B, C).

    Rows that are cut into pieces, or put together, look so where one first axis divides the other.
    """
    if len(one) != 3 or min(one) < 2 or _fit(one[0], other[0]):
        return False
    return len(set(one)) == 3 and other in (one[1:] + one[:1], one[2:] + one[:2])


def _moves_classes(one: Shape, other: Shape) -> bool:
    """Whether what lay along the last axis, as a linear layer leaves classes, is now the second."""
    if len(one) < 3 or one[-1] == 1 or one[1:] == other[1:]:
        return False
    return other == (one[0], one[-1], *one[1:-1])


def _flattens(one: Shape, other: Shape) -> bool:
    """Whether (a, b, c) became (a·c, b): rows are made of what lies along another axis.

    Heads are put together as (T, B·h, d) to (T·B, E), which looks so where E is B·h.
    """
    if len(one) < 3 or len(other) != 2 or other[1] != one[1]:
        return False
    return one[1] > 1 and one[1] % one[-1] != 0


def _joins(one: Shape, other: Shape) -> bool:
    """Whether (d, b, h) became (b, d·h): what lies along the first axis was put to the last."""
    if len(one) != 3 or one[0] in (1, one[1]) or one[1] == 1:
        return False
    return other == (one[1], one[0] * one[2])


def _scatters(one: Shape, other: Shape) -> bool:
    """Whether channels went last, or came from there: (a, b, c, d) is (a, c·d, b) or (a, c, d, b).

    Rows of which a channel's last axis is made up would be another thing of the same shape.
    """
    if len(one) == 3 or other[1:2] == one[-1:]:
        one, other = other, one
    if len(one) != 4 or one[:1] != other[:1]:
        return False
    a, b, c, d = one
    if b in (1, d, c * d) or c * d == 1 or d % b == 0:
        return False
    return other == (a, c * d, b) or (other == (a, c, d, b) and b != c)


def _pours(one: Shape, other: Shape) -> bool:
    """Whether (a, b, c, d) became (a·c·d, b): rows of every place, as logits are wanted."""
    if len(one) != 4 or len(other) != 2:
        return False
    return other[1] == one[1] and not _fit(one[1], one[2] * one[3])


def _rolls(one: Shape, other: Shape) -> bool:
    """Whether (a, b, c, d) became (a, c, b·d) or (a, d, b·c): steps of one axis, as an LSTM's.

    Channels that are put into groups, as many as there are steps, look so.
    """
    if len(one) != 4 or len(other) != 3 or one[0] != other[0] or one[1] == 1:
        return False
    a, b, c, d = one
    steps = other[1]
    return (
        steps in (c, d) and steps > 1 and b % steps != 0 and other == (a, steps, b * c * d // steps)
    )


def _turns_heads(one: Shape, other: Shape) -> bool:
    """Whether (a, b, c, d) became (a, c, b, d), as of places and heads."""
    if len(one) != 4 or 1 in one[1:3] or one[1] == one[2]:
        return False
    return other == (one[0], one[2], one[1], one[3])


def _has_heads(node: Node | None, shape: Shape) -> bool:
    """Whether the third axis of what a node gives was split off the last, or attention gave it.

    Pieces of a sequence, which are split off its length, may be cut anew on purpose.
    """
    for _ in range(_STEPS):
        if node is None or not node.next_functions:
            break
        source, index = node.next_functions[0]
        if name_of(node) in _VIEWS:
            if source is None or leaf_of(source) is not None:
                break
            given, made = shape_of(source, index), shape_of(node)
            if name_of(source) == "BmmBackward0":
                return made[2:] == given[1:] and made == shape
            return len(given) == 3 and given[:2] == shape[:2] == made[:2]
        if name_of(node).startswith("ScaledDotProduct"):
            return shape_of(node) == shape
        if not name_of(node).startswith((*_IN_PLACE, *_TAKING)):
            break
        node = source
    return False


def _is_map(node: Node | None) -> bool:
    """Whether a node gives what a convolution or a pooling gave, each element in its place."""
    for _ in range(_STEPS):
        if node is None or name_of(node).startswith(_MAPPING):
            return node is not None
        if not name_of(node).startswith(_IN_PLACE) or not node.next_functions:
            return False
        node = node.next_functions[0][0]
    return False


def _fit(one: int, other: int) -> bool:
    return 0 in (one, other) or not (one % other and other % one)


_TESTS = (_splits, _swaps, _turns, _flattens, _joins, _scatters, _pours)


def _module_of(node: Node | None) -> str:
    """Return the module that made what a node gives, '' where none did shortly before."""
    for _ in range(_STEPS):
        if node is None:
            break
        if (module := mark_of(node, MODULE)) is not None:
            return module
        node = node.next_functions[0][0] if node.next_functions else None
    return ""
