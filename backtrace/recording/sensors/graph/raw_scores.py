"""Outputs of a layer that a loss adds up as they are: nothing keeps it from falling on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torch.autograd.graph import Node

from backtrace.recording.kernels.class_shares import are_shares
from backtrace.recording.sensors.graph.autograd_nodes import (
    Packed,
    name_of,
    read_saved,
    shape_of,
    signed,
)

_MOST = 200  # nodes between a loss and the layers
_LAYERS = ("AddmmBackward", "MmBackward", "ConvolutionBackward", "LinearBackward")
_PICKS = ("IndexBackward", "GatherBackward")
_KEPT = (
    "Mean", "Sum", "Neg", "View", "Squeeze", "Unsqueeze", "Reshape", "ToCopy", "Clone",
    "UnsafeView", "Transpose", "Permute", "T", "Expand", "Select", "Slice", "Alias",
)  # fmt: skip
_SUMS = ("AddBackward", "SubBackward", "RsubBackward")


def find_raw_scores(
    roots: Sequence[Node], nodes: Sequence[Node], is_packed: Packed
) -> dict[str, list[Node]]:
    """Return where scores of a layer are picked, weighed or compared, and added up as they are.

    `raw_picks` are picked by an index, or weighed by probabilities, as a likelihood by hand does of
    log-probabilities; from `signed_differences` a tensor was taken, as from what is to be squared.
    Nothing is said where something else takes the scores as well, such as the `logsumexp` of all,
    or where a loss adds up the outputs of two layers, as a critic's of what is real and of what is
    made.
    """
    adding: set[Node] = set()  # what adds up, and the layers
    ends: dict[Node, tuple[str, Node | None]] = {}
    waiting: list[tuple[Node, str, Node | None]] = [(root, "", None) for root in roots]
    while waiting and len(adding) < _MOST:
        node, kind, place = waiting.pop()
        if node in adding:
            continue
        if name_of(node).startswith(_LAYERS):
            adding.add(node)
            ends[node] = kind, place
        elif sources := list(_sources(node)):
            adding.add(node)
            own = _kind_of(node, is_packed)
            waiting += [(each, own or kind, node if own else place) for each in sources]
    found: dict[str, list[Node]] = {"raw_picks": [], "signed_differences": []}
    if len(ends) == 1:
        layer, (kind, place) = next(iter(ends.items()))
        if kind and place is not None and not _is_taken_elsewhere(nodes, adding, layer):
            found[kind].append(place)
    return found


def _kind_of(node: Node, is_packed: Packed) -> str:
    """Return what an operation does with scores that matters, '' where it does not."""
    name = name_of(node)
    if name.startswith(_PICKS):
        return "raw_picks" if _picks_classes(node, is_packed) else ""
    if name.startswith("MulBackward") and not is_packed(node):
        saved = [read_saved(node, each) for each in ("_saved_self", "_saved_other")]
        if any(each is not None and are_shares(each) for each in saved):
            return "raw_picks"
    is_lone = len([source for source, _ in node.next_functions if source is not None]) == 1
    if name.startswith(("SubBackward", "RsubBackward")) and is_lone and shape_of(node):
        return "signed_differences"
    return ""


def _picks_classes(node: Node, is_packed: Packed) -> bool:
    """Whether it takes one of several scores of each row, and not some of the rows."""
    source = node.next_functions[0][0]
    shape = shape_of(source) if source is not None else ()
    if len(shape) < 2 or shape[-1] < 2 or is_packed(node):
        return False
    if name_of(node).startswith("GatherBackward"):
        return signed(getattr(node, "_saved_dim", 0)) % len(shape) == len(shape) - 1
    indices = getattr(node, "_saved_indices", ())
    return len(indices) == len(shape) and all(each is not None for each in indices)


def _sources(node: Node) -> Iterator[Node]:
    """Give what an operation adds up, each multiplied with no more than a constant."""
    name = name_of(node)
    sources = [source for source, _ in node.next_functions if source is not None]
    is_product = name.startswith(("MulBackward", "DivBackward")) and len(sources) == 1
    is_divided = name.startswith("DivBackward") and node.next_functions[0][0] is None
    if name.startswith((*_SUMS, *_KEPT, *_PICKS)) or (is_product and not is_divided):
        yield from sources


def _is_taken_elsewhere(nodes: Sequence[Node], adding: set[Node], layer: Node) -> bool:
    """Whether what a layer gave goes another way to the loss as well."""
    takers: dict[Node, list[Node]] = {}
    for node in nodes:
        for source, _ in node.next_functions:
            if source is not None:
                takers.setdefault(source, []).append(node)
    waiting, seen = [layer], {layer}
    while waiting:
        for taker in takers.get(waiting.pop(), []):
            if taker not in adding:
                return True
            if taker not in seen:
                seen.add(taker)
                waiting.append(taker)
    return False
