"""The operations of a graph that embedded ids, or masks of these, are held against."""

from __future__ import annotations

from collections.abc import Sequence

from torch.autograd.graph import Node

from backtrace.recording.sensors.embedded_ids import EmbeddedIds
from backtrace.recording.sensors.graph.autograd_nodes import Packed
from backtrace.recording.sensors.graph.own_picks import find_own_picks
from backtrace.recording.sensors.graph.turned_masks import find_padding_alone


def find_by_ids(
    nodes: Sequence[Node], is_packed: Packed, ids: EmbeddedIds
) -> dict[str, list[Node]]:
    """Return the nodes of each kind, by the name of the field of `GraphSeen` that counts them."""
    return {
        "own_picks": find_own_picks(nodes, is_packed, ids.are_whole),
        "padding_alone": find_padding_alone(nodes, is_packed, ids.are_weighed),
        **ids.masks.find_in(nodes, is_packed),
    }
