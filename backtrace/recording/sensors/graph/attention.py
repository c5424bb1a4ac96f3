"""Which way attention looks: whether a position of a sequence is given those behind it."""

from __future__ import annotations

from collections.abc import Sequence

from torch.autograd.graph import Node

from backtrace.recording.kernels.attention_masks import sees_ahead, weighs_ahead
from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved, walk
from backtrace.recording.sensors.graph.turned_masks import mask_of_fused

_FUSED = "ScaledDotProduct"
_SOFTMAX = ("SoftmaxBackward0", "SafeSoftmaxBackward0")
_PRODUCTS = ("BmmBackward0", "BaddbmmBackward0", "MmBackward0")
_FAR = 20  # nodes between scores and the product that they come from
_MANY = 5000  # nodes behind one side of it


def find_directions(nodes: Sequence[Node], is_packed: Packed) -> tuple[list[Node], list[Node]]:
    """Return the attentions over one sequence that look ahead, and those that do not.

    What is over two sequences is neither, by their lengths or by the embeddings that they are made
    of; nor is what hooks have packed. The second is looked at where none looks back alone.
    """
    found = [(node, _looks_ahead(node)) for node in nodes if not is_packed(node)]
    ahead = [node for node, looks in found if looks is True]
    back = [node for node, looks in found if looks is False]
    return (ahead if back else [n for n in ahead if not _is_over_two(n)]), back


def _looks_ahead(node: Node) -> bool | None:
    name = name_of(node)
    if name.startswith(_FUSED):
        query, key = read_saved(node, "_saved_query"), read_saved(node, "_saved_key")
        if query is None or key is None or query.shape[-2] != key.shape[-2] or query.shape[-2] < 2:
            return None
        mask = mask_of_fused(node)
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


def _is_over_two(node: Node) -> bool:
    """Whether what asks is made of other embeddings than what answers, as in a decoder's look back.

    A decoder without attention of its own may ask as many places of an encoder as it has itself.
    """
    product = node if name_of(node).startswith(_FUSED) else _product_behind(node)
    skipped = 1 if product is not None and name_of(product) == "BaddbmmBackward0" else 0
    sides = product.next_functions[skipped : skipped + 2] if product is not None else ()
    tables = [_tables_behind(side) for side, _ in sides if side is not None]
    return len(tables) == 2 and None not in tables and tables[0] != tables[1]


def _product_behind(softmax: Node) -> Node | None:
    """Return the product that scores were made by, through what scales, masks and reshapes them."""
    waiting = [softmax]
    for node in waiting:  # it grows
        for source, _ in node.next_functions:
            if source is not None and name_of(source) in _PRODUCTS:
                return source
            if source is not None and len(waiting) < _FAR:
                waiting.append(source)
    return None


def _tables_behind(node: Node) -> set[Node] | None:
    """Return the embeddings that something was made of; None where too much is behind it."""
    behind = walk(node, _MANY)
    if len(behind) == _MANY:
        return None
    return {each for each in behind if name_of(each) == "EmbeddingBackward0"}
