"""Which way attention looks: whether a position of a sequence is given those behind it."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.attention_masks import sees_ahead, weighs_ahead
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved

_FUSED = "ScaledDotProduct"
_SOFTMAX = ("SoftmaxBackward0", "SafeSoftmaxBackward0")


def find_directions(nodes: Sequence[Node], is_packed: Packed) -> tuple[list[Node], list[Node]]:
    """Return the attentions over one sequence that look ahead, and those that do not.

    What is over two sequences, of other lengths, is neither; nor is what hooks have packed.
    """
    found = [(node, _looks_ahead(node)) for node in nodes if not is_packed(node)]
    ahead = [node for node, looks in found if looks is True]
    return ahead, [node for node, looks in found if looks is False]


def _looks_ahead(node: Node) -> bool | None:
    name = name_of(node)
    if name.startswith(_FUSED):
        query, key = read_saved(node, "_saved_query"), read_saved(node, "_saved_key")
        if query is None or key is None or query.shape[-2] != key.shape[-2] or query.shape[-2] < 2:
            return None
        mask = _mask_of(node)
        if getattr(node, "_saved_is_causal", False):
            return False
        return True if mask is None else sees_ahead(mask)
    if name in _SOFTMAX:
        weights = read_saved(node, "_saved_result")
        is_square = weights is not None and weights.dim() > 2 and weights.shape[-1] > 1
        if weights is None or not is_square or weights.shape[-1] != weights.shape[-2]:
            return None
        return weighs_ahead(weights)
    return None


def _mask_of(node: Node) -> Tensor | None:
    found = read_saved(node, "_saved_attn_mask")
    return found if found is not None else read_saved(node, "_saved_attn_bias")
