"""What is found of the axes of a graph's operations, and of the rows that they go over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch.autograd.graph import Node

from backtrace.recording.sensors.graph.autograd_nodes import Packed, shape_of
from backtrace.recording.sensors.graph.averaged_rows import (
    find_averaged_rows,
    find_summed_rows,
)
from backtrace.recording.sensors.graph.axis_norms import find_axis_norms
from backtrace.recording.sensors.graph.divergences import find_averaged_codes
from backtrace.recording.sensors.graph.edge_sums import find_edges_of_one_graph
from backtrace.recording.sensors.graph.merging_views import find_merging_views
from backtrace.recording.sensors.graph.padded_means import (
    find_embedded_means,
    find_filled_sums,
    find_padded_means,
)
from backtrace.recording.sensors.graph.padding_words import find_padding_words
from backtrace.recording.sensors.graph.raw_similarities import find_raw_similarities
from backtrace.recording.sensors.graph.softmax_axes import (
    find_picked_over_rows,
    find_softmax_over_rows,
)
from backtrace.recording.sensors.graph.squashings import (
    find_softmax_over_queries,
    find_squashed_twice,
)


def read_axes(
    roots: Sequence[Node], nodes: Sequence[Node], is_packed: Packed
) -> dict[str, tuple[Any, list[Node]]]:
    """Return what is found of axes and of what is normalised, by name, each with its places."""
    rows, queries = find_softmax_over_rows(nodes), find_softmax_over_queries(nodes)
    picked = find_picked_over_rows(nodes, rows)
    words, filled = find_embedded_means(nodes, is_packed), find_filled_sums(nodes, is_packed)
    norms, means = find_axis_norms(nodes), find_averaged_rows(nodes)
    padded, sums = find_padded_means(nodes), find_summed_rows(nodes)
    return {
        "over_rows": (shape_of(rows[0]) if rows else (), rows),
        "picked_over_rows": (shape_of(picked[0]) if picked else (), picked),
        "over_queries": (shape_of(queries[0]) if queries else (), queries),
        "axis_norms": (norms[0][1] if norms else (), [node for node, _ in norms]),
        "averaged_rows": (means[0][1] if means else 0, [node for node, _ in means]),
        "summed_rows": (sums[0][1] if sums else (), [node for node, _ in sums]),
        "padded_means": (padded[0][1] if padded else 0, [node for node, _ in padded]),
        "embedded_means": (words[0][1] if words else 0, [node for node, _ in words]),
        "filled_sums": (filled[0][1] if filled else 0, [node for node, _ in filled]),
        "padding_words": find_padding_words(nodes, is_packed),
        "squashed_twice": find_squashed_twice(nodes, is_packed),
        "raw_lengths": find_raw_similarities(nodes, is_packed),
        "merging": find_merging_views(roots, is_packed),
        "averaged_codes": find_averaged_codes(roots, nodes, is_packed),
        "one_graph": find_edges_of_one_graph(nodes, is_packed),
    }
