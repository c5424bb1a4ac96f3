"""Losses of a masked autoencoder that are taken of the places that it was shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import torch
from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.kernels.filled_places import (
    Places,
    are_drawn,
    are_one,
    are_opposite,
    read_later_places,
    read_places,
)
from backtrace.recording.sensors.graph.autograd_nodes import (
    Packed,
    leaf_of,
    name_of,
    read_saved,
    shape_of,
    signed,
)

_STRETCHES = (
    "Expand", "Repeat", "View", "Unsqueeze", "Squeeze", "Reshape", "UnsafeView", "ToCopy", "Clone",
)  # fmt: skip
_FAR = 5  # nodes from a token to the parameter that it is
_MOST = 4  # such nodes of each kind that are read


def find_seen_places(roots: Sequence[Node], nodes: Sequence[Node], is_packed: Packed) -> list[Node]:
    """Return what picks the places of a loss, where these are just those that no token fills.

    A token is a parameter that stands for what is hidden, in as many places of each row. Nothing
    comes from it to the loss past what picks so, and nothing picks what the token fills.
    """
    filled = [(node, places) for node, places in _fillings(nodes, is_packed)][:_MOST]
    if not filled:
        return []
    picked = list(_pickings(nodes, {node for node, _ in filled}, is_packed))
    for node, places in filled:
        if any(are_one(places, each) for _, each in picked):
            continue
        seen = [each for each, its in picked if are_opposite(places, its)]
        if seen and not _reaches(roots, node, set(seen)):
            return seen[:1]
    return []


def _fillings(nodes: Sequence[Node], is_packed: Packed) -> Iterator[tuple[Node, Places]]:
    """Give what puts a token into places of rows, and into which."""
    for node in nodes:
        name = name_of(node)
        if name not in ("WhereBackward0", "GatherBackward0") or is_packed(node):
            continue
        found = _filled_where(node) if name == "WhereBackward0" else _filled_by_index(node)
        if found is not None and are_drawn(found):
            yield node, found


def _filled_where(node: Node) -> Places | None:
    tokens = [source is not None and _is_token(source) for source, _ in node.next_functions]
    condition = read_saved(node, "_saved_condition")
    if condition is None or len(tokens) != 2 or tokens[0] == tokens[1]:
        return None
    return read_places(condition if tokens[0] else ~condition)


def _filled_by_index(node: Node) -> Places | None:
    """Return where a gather along places takes tokens that are behind what was kept."""
    joined = node.next_functions[0][0]
    index = read_saved(node, "_saved_index")
    if joined is None or index is None or name_of(joined) != "CatBackward0":
        return None
    if (
        signed(getattr(node, "_saved_dim", -1)) != 1
        or signed(getattr(joined, "_saved_dim", 0)) != 1
    ):
        return None
    (kept, at), *others = joined.next_functions
    shape = shape_of(kept, at) if kept is not None else ()
    if len(shape) != 3 or len(others) != 1 or others[0][0] is None or not _is_token(others[0][0]):
        return None
    return read_later_places(index, shape[1])


def _is_token(node: Node) -> bool:
    """Whether a node is a parameter of one vector, or that many times over."""
    for _ in range(_FAR):
        leaf = leaf_of(node)
        if leaf is not None:
            return leaf.dim() > 0 and leaf.numel() == leaf.shape[-1]
        source = next((each for each, _ in node.next_functions if each is not None), None)
        if source is None or not name_of(node).startswith(_STRETCHES):
            return False
        node = source
    return False


def _pickings(
    nodes: Sequence[Node], but: set[Node], is_packed: Packed
) -> Iterator[tuple[Node, Places]]:
    """Give what picks places of something by a mask, as a factor or as an index."""
    for node in nodes:
        mask = None if node in but or is_packed(node) else _mask_of(node)
        places = read_places(mask) if mask is not None else None
        if places is not None:
            yield node, places


def _mask_of(node: Node) -> Tensor | None:
    name, sources = name_of(node), [source for source, _ in node.next_functions]
    if name == "MulBackward0" and sources.count(None) == 1:
        mask = read_saved(node, "_saved_self" if sources[0] is None else "_saved_other")
        shape = shape_of(node)
        is_whole = mask is not None and mask.dim() > 1 and tuple(mask.shape[:2]) == shape[:2]
        return mask if is_whole and prod(shape) > 1 else None
    if name == "IndexBackward0":
        first = next(iter(getattr(node, "_saved_indices", ())), None)
        is_mask = isinstance(first, Tensor) and first.dtype is torch.bool and first.dim() == 2
        return first.detach() if first is not None and is_mask else None
    return None


def _reaches(roots: Sequence[Node], end: Node, past: set[Node]) -> bool:
    """Whether a way leads from a root to a node that goes through none of others."""
    waiting = [root for root in roots if root not in past]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        if node is end:
            return True
        for source, _ in node.next_functions:
            if source is not None and source not in seen and source not in past:
                seen.add(source)
                waiting.append(source)
    return False
