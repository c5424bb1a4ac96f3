"""Scores that are masked at every word before their softmax, so that the padding alone counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.attention_masks import share_among, weighs_nothing_at
from backtrace.recording.sensors.graph.autograd_nodes import (
    Packed,
    name_of,
    read_saved,
    shape_of,
    signed,
)

_FUSED = "ScaledDotProduct"
_SOFTMAX = "SoftmaxBackward0"
_SOFTMAXES = (_SOFTMAX, "SafeSoftmaxBackward0")
_SUMS = ("AddBackward0", "SubBackward0", "BaddbmmBackward0")
_FILLS = ("MaskedFillBackward0", "MaskedFillBackward1")
_WHERE = "WhereBackward0"
# What may stand between the two, one number for one.
_BETWEEN = ("AddBackward0", "SubBackward0", "MulBackward0", "DivBackward0", "ToCopyBackward0")
_FAR = 6  # nodes behind a softmax


def find_turned_masks(
    nodes: Sequence[Node], is_packed: Packed, is_turned_round: Callable[[Tensor], bool]
) -> list[Node]:
    """Return what fills scores at all but the padding of ids that were embedded.

    `is_turned_round` tells that of a mask. What is filled comes to a weight of nothing, in one row
    at least: with another value than a very low one it would not.
    """
    found = []
    for softmax in nodes:
        if name_of(softmax) != _SOFTMAX or is_packed(softmax):
            continue
        for fill, mask in fills_behind(softmax, is_packed):
            if is_turned_round(mask) and _counts_for_nothing(softmax, fill, mask):
                found.append(fill)
    return found


def find_padding_alone(
    nodes: Sequence[Node], is_packed: Packed, are_weighed: Callable[[Tensor], bool]
) -> list[Node]:
    """Return the attentions that weigh the padding of ids that were embedded, and not one word.

    `are_weighed` tells that of weights. Of those by hand it is what masks their scores.
    """
    found = []
    for node in nodes:
        name = name_of(node)
        if name in _SOFTMAXES and not is_packed(node):
            weights = read_saved(node, "_saved_result")
            if weights is not None and is_over_last(node, weights) and are_weighed(weights):
                found.append(_masking(node, is_packed))
        elif name.startswith(_FUSED) and not is_packed(node):
            mask = mask_of_fused(node)
            if mask is not None and are_weighed(share_among(mask)):
                found.append(node)
    return found


def mask_of_fused(node: Node) -> Tensor | None:
    """Return the mask that torch's own attention was given, as numbers to add."""
    found = read_saved(node, "_saved_attn_mask")
    return found if found is not None else read_saved(node, "_saved_attn_bias")


def _masking(softmax: Node, is_packed: Packed) -> Node:
    """Return what fills the scores of a softmax or adds to them what has no graph, or itself."""
    fill = next(fills_behind(softmax, is_packed), None)
    if fill is not None:
        return fill[0]
    node = softmax
    for _ in range(_FAR):
        sources = [each for each, _ in node.next_functions if each is not None]
        if len(sources) != 1:
            break
        node = sources[0]
        if name_of(node) in _SUMS and any(each is None for each, _ in node.next_functions):
            return node
    return softmax


def is_over_last(softmax: Node, weights: Tensor) -> bool:
    """Whether a softmax goes over the last axis."""
    return signed(getattr(softmax, "_saved_dim", -1)) in (-1, weights.dim() - 1)


def fills_behind(softmax: Node, is_packed: Packed) -> Iterator[tuple[Node, Tensor]]:
    """Give what fills a softmax's scores, the nearest first, and where it does."""
    node = softmax
    for _ in range(_FAR):
        source = next((each for each, _ in node.next_functions if each is not None), None)
        if source is None:
            return
        node, name = source, name_of(source)
        if name in _FILLS or name == _WHERE:
            mask = None if is_packed(node) else _mask_of(node, name)
            if mask is not None:
                yield node, mask
        elif name not in _BETWEEN:
            return


def _mask_of(node: Node, name: str) -> Tensor | None:
    """Return where a node fills; `where(mask, scores, value)` does where its mask is False."""
    if name in _FILLS:
        return read_saved(node, "_saved_mask")
    sources = [source is not None for source, _ in node.next_functions]
    mask = read_saved(node, "_saved_condition")
    if mask is None or sources.count(True) != 1:
        return None
    return ~mask if sources[0] else mask


def _counts_for_nothing(softmax: Node, fill: Node, mask: Tensor) -> bool:
    weights = read_saved(softmax, "_saved_result")
    if weights is None or tuple(weights.shape) != shape_of(fill):
        return False
    return weighs_nothing_at(weights, mask, signed(getattr(softmax, "_saved_dim", -1)))
