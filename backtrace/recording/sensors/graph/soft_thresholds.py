"""Sigmoids that stand for a threshold: what goes in was made steep by hand, or is of no layer."""

from __future__ import annotations

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import (
    MODULE,
    Packed,
    mark_of,
    name_of,
    read_saved,
    shape_of,
)

_LAYERS = (
    "AddmmBackward", "AddmvBackward", "BaddbmmBackward", "BmmBackward", "ConvolutionBackward",
    "CudnnRnnBackward", "DotBackward", "EmbeddingBackward", "MkldnnRnnLayerBackward", "MmBackward",
    "MvBackward", "NativeBatchNormBackward", "NativeGroupNormBackward", "NativeLayerNormBackward",
)  # fmt: skip
_SHAPING = (
    "AliasBackward", "CloneBackward", "ExpandBackward", "PermuteBackward", "ReshapeAliasBackward",
    "SelectBackward", "SliceBackward", "SqueezeBackward", "TBackward", "ToCopyBackward",
    "TransposeBackward", "UnsafeViewBackward", "UnsqueezeBackward", "ViewBackward",
)  # fmt: skip
_SCALING = ("MulBackward0", "DivBackward0")
_MOST = 200  # nodes behind one: more are of a network


def is_soft_threshold(node: Node, is_packed: Packed) -> bool:
    """Whether a sigmoid or tanh that no layer stands for is to be nearly a step.

    Its input is multiplied by a number, as in `sigmoid((x - threshold) / 0.1)`, or nothing that it
    is made of came out of a layer.
    """
    source = node.next_functions[0][0]
    if mark_of(node, MODULE) or source is None:
        return False
    return _is_made_steep(source, is_packed) or _is_of_no_layer(source, is_packed)


def _is_made_steep(node: Node, is_packed: Packed) -> bool:
    """Whether a value was multiplied by one number, after all else that was done with it."""
    behind: Node | None = node
    while behind is not None and not mark_of(behind, MODULE):
        if name_of(behind) in _SCALING:
            return not is_packed(behind) and _takes_number(behind)
        if not name_of(behind).startswith(_SHAPING):
            return False
        behind = behind.next_functions[0][0]
    return False


def _takes_number(node: Node) -> bool:
    """Whether a factor or a divisor is a plain number or a tensor of one element."""
    for (source, place), saved in zip(
        node.next_functions, ("_saved_self", "_saved_other"), strict=True
    ):
        value = read_saved(node, saved)
        if value is not None and value.numel() == 1:
            return True
        if source is not None and all(length == 1 for length in shape_of(source, place)):
            return True
    return False


def _is_of_no_layer(root: Node, is_packed: Packed) -> bool:
    """Whether no product but one with a number, convolution, norm or table is behind a node."""
    found, waiting = {root}, [root]
    while waiting:
        node = waiting.pop()
        is_product = name_of(node) == "MulBackward0" and (
            is_packed(node) or not _takes_number(node)
        )
        if is_product or mark_of(node, MODULE) or name_of(node).startswith(_LAYERS):
            return False
        fresh = {each for each, _ in node.next_functions if each is not None} - found
        found |= fresh
        waiting.extend(fresh)
        if len(found) > _MOST:
            return False
    return True
