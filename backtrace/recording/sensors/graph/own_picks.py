"""Log-probabilities of which each place's own token is picked, by a loss that is made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor
from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import Packed, name_of, read_saved

_LOGARITHMS = ("LogSoftmax", "Log")
_PASSING = ("Neg", "View", "UnsafeView", "Reshape", "ToCopy", "Clone")


def find_own_picks(
    nodes: Sequence[Node], is_packed: Packed, are_ids: Callable[[Tensor], bool]
) -> list[Node]:
    """Return where log-probabilities are picked by ids that were embedded, as they are.

    `are_ids` says whether an index is such ids.
    """
    picks = [node for node in nodes if _kind_of(node) == "Gather" and not is_packed(node)]
    return [node for node in picks if _is_of_logarithms(node) and _is_by(node, are_ids)]


def _is_by(node: Node, are_ids: Callable[[Tensor], bool]) -> bool:
    index = read_saved(node, "_saved_index")
    return index is not None and index.shape[-1:] == (1,) and are_ids(index)


def _is_of_logarithms(node: Node) -> bool:
    source = node.next_functions[0][0]
    while source is not None and _kind_of(source) in _PASSING:
        source = source.next_functions[0][0]
    return source is not None and _kind_of(source) in _LOGARITHMS


def _kind_of(node: Node) -> str:
    return name_of(node).rstrip("0123456789").removesuffix("Backward")
