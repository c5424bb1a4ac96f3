"""Which operation of a forward was the first whose result is not finite.

The graph keeps what its backward will need, and no more. Going back from the loss, whatever is
known to be finite ends the way; the earliest operation on it that can make such a number of
finite ones, overflow aside, is the one that is looked for.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.explain.graph.sequence import sequence_of
from backtrace.recording.kernels.finiteness import (
    are_rows_lost,
    is_finite,
    is_mild,
    is_result_finite,
)
from backtrace.recording.sensors.graph.autograd_nodes import (
    MODULE,
    Packed,
    leaf_of,
    mark_of,
    name_of,
    read_saved,
    shape_of,
)

_RESULTS = ("_saved_result", "_saved_output", "_saved_grid")
# The place of each saved input among the inputs of its operation.
_INPUTS = {
    "_saved_self": 0, "_saved_input": 0, "_saved_query": 0,
    "_saved_other": 1, "_saved_mat1": 1, "_saved_weight": 1, "_saved_target": 1,
    "_saved_tensor": 1, "_saved_batch1": 1, "_saved_exponent": 1, "_saved_key": 1,
    "_saved_mat2": -1, "_saved_batch2": 2, "_saved_value": 2,
}  # fmt: skip


_TAME = {
    f"{name}Backward"
    for name in (
        "Abs", "Add", "Addbmm", "Addmm", "Addmv", "Alias", "AsStrided", "AvgPool2D", "Baddbmm",
        "Bmm", "Cat", "Clamp", "Clone", "Convolution", "Dot", "Embedding", "Expand", "Gather",
        "Gelu", "HuberLoss", "Index", "IndexSelect", "L1Loss", "LeakyRelu", "LogSoftmax",
        "MaxPool2DWithIndices", "Max", "Maximum", "Mean", "Min", "Minimum", "Mm", "MseLoss", "Mul",
        "Mv", "NativeBatchNorm", "NativeDropout", "NativeGroupNorm", "NativeLayerNorm", "Neg",
        "NllLoss", "Permute",
        "Relu", "Repeat", "ReshapeAlias", "Select", "Sigmoid", "Silu", "Slice", "SmoothL1Loss",
        "Softmax", "Softplus", "Split", "Squeeze", "Stack", "Sub", "Sum", "T", "Tanh", "ToCopy",
        "Transpose", "Unbind", "UnsafeView", "Unsqueeze", "View",
    )
}  # fmt: skip

_PASSED = ("AddBackward", "ViewBackward", "SqueezeBackward", "CloneBackward", "SliceBackward")
_MASKING = ("AddBackward", "BaddbmmBackward", "MaskedFillBackward", "WhereBackward")
_UNSIGNED = 2**64  # an axis from behind is told as an unsigned number
_FAR = 2**32
_SHIFTS = 4  # such steps between two logarithms


class _Knowledge:
    """What the graph tells of its values: which outputs and leaves are finite, which are not."""

    def __init__(self, nodes: list[Node], is_packed: Packed) -> None:
        self.finite: dict[Node, bool] = {}
        self.bad_input: dict[Node, bool] = {}
        self.mild: set[Node] = set()  # divisions by a number that is not small
        for node in nodes:
            leaf = leaf_of(node)
            if leaf is not None:
                self.finite[node] = is_finite(leaf.detach())
            elif not is_packed(node):
                self._learn(node)

    def may_be(self, node: Node) -> bool:
        """Whether a number that is not finite may have come into being, or in, at this node."""
        if self.finite.get(node) is False or self.bad_input.get(node):
            return True
        if node in self.finite or node in self.mild:
            return False
        return name_of(node).rstrip("0123456789") not in _TAME

    def _learn(self, node: Node) -> None:
        if name_of(node).startswith("DivBackward"):
            divisor = read_saved(node, "_saved_other")
            if divisor is not None and is_mild(divisor):
                self.mild.add(node)
        for attribute in _RESULTS:
            if (result := read_saved(node, attribute)) is not None:
                self.finite[node] = is_finite(result)
        sources = node.next_functions
        inputs: dict[int, Tensor] = {}
        for attribute, place in _INPUTS.items():
            found = read_saved(node, attribute) if place < len(sources) else None
            if found is not None:
                inputs[place % len(sources)] = found
        for place, found in inputs.items():
            source, index = sources[place]
            if source is None:
                self.bad_input[node] = self.bad_input.get(node, False) or not is_finite(found)
            elif shape_of(source, index) == tuple(found.shape) and leaf_of(source) is None:
                self.finite.setdefault(source, is_finite(found))
        if node not in self.finite:
            again = is_result_finite(name_of(node), inputs)
            if again is not None:
                self.finite[node] = again


def find_origin(
    nodes: list[Node], is_packed: Packed, leaf_name: Callable[[Tensor], str | None]
) -> tuple[str, Node | None]:
    """Return where the first number that is not finite came from, and the operation if it is one.

    Args:
        nodes: those of a graph whose root's output is not finite, the root first.
        is_packed: whether what a node saved must not be read.
        leaf_name: gives the name of a parameter.
    """
    known = _Knowledge(nodes, is_packed)
    on_way = {nodes[0]: None}
    waiting = [nodes[0]]
    while waiting:
        for source, _ in waiting.pop().next_functions:
            if source is not None and source not in on_way and known.finite.get(source) is not True:
                on_way[source] = None
                waiting.append(source)
    for node in on_way:
        leaf = leaf_of(node)
        if leaf is not None:
            return f"the value of {leaf_name(leaf) or 'a leaf'}", None
    ordered = sorted(on_way, key=sequence_of)
    first = next((node for node in ordered if known.may_be(node)), ordered[0])
    if name_of(first).startswith(_MASKING):  # -inf is not what is wrong
        first = next((node for node in ordered if _has_lost_rows(node)), first)
    return _tell(first, known, leaf_name, is_alone=len(ordered) == 1), first


def _tell(
    first: Node, known: _Knowledge, leaf_name: Callable[[Tensor], str | None], *, is_alone: bool
) -> str:
    """Return what is known of the operation that the first such number is of, or came to."""
    told = f"{name_of(first)}{_place(first, leaf_name)}"
    if _is_second_log(first):
        told += ", of log-probabilities"
    if known.finite.get(first) is False and _has_lost_rows(first):
        return f"{told}, of rows of which a mask leaves nothing"
    if known.bad_input.get(first):
        return f"the input of {told}"
    is_known = is_alone or known.finite.get(first) is False
    return told if is_known else f"{told}, or what followed it"


def _has_lost_rows(node: Node) -> bool:
    """Whether a softmax of scores that a mask was put on lost whole rows, and no other number."""
    source = node.next_functions[0][0] if name_of(node).startswith("SoftmaxBackward") else None
    if source is None or not name_of(source).startswith(_MASKING):
        return False
    result = read_saved(node, "_saved_result")
    dimension = getattr(node, "_saved_dim", -1)
    return result is not None and are_rows_lost(
        result, dimension - _UNSIGNED if dimension > _FAR else dimension
    )


def _is_second_log(node: Node) -> bool:
    """Whether a logarithm is taken of what is one already, but for a number that was added."""
    source: Node | None = node if name_of(node).startswith("LogBackward") else None
    for _ in range(_SHIFTS):
        source = source.next_functions[0][0] if source is not None else None
        if source is None or not name_of(source).startswith(_PASSED):
            break
    return source is not None and name_of(source).startswith("LogSoftmaxBackward")


def _place(node: Node, leaf_name: Callable[[Tensor], str | None]) -> str:
    """Return ' in MODULE' where the module is known, ' after MODULE' where one came before."""
    module = mark_of(node, MODULE)
    sources = [source for source, _ in node.next_functions if source is not None]
    for source in sources:
        leaf = leaf_of(source)
        name = leaf_name(leaf) if leaf is not None else None
        if module is None and name and "." in name:
            module = name.rpartition(".")[0]
    if module:
        return f" in {module}"
    seen = set(sources)
    for source in sources:  # it grows: the nearest first
        if (before := mark_of(source, MODULE)) is not None:
            return f" after {before}" if before else ""
        fresh = [each for each, _ in source.next_functions if each is not None and each not in seen]
        seen.update(fresh)
        sources.extend(fresh)
    return ""
