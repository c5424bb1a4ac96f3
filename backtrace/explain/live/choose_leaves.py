"""Which leaves of a graph are asked for: by globs over their names, or the last layer's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from backtrace.explain.live.kept_graph import KeptGraph


def match_leaves(names: Mapping[int, Sequence[str]], globs: Sequence[str]) -> list[int]:
    """Return the leaves one of whose names is a glob's, or matches it."""
    return [
        index
        for index, known in names.items()
        if any(name == glob or fnmatchcase(name, glob) for name in known for glob in globs)
    ]


def find_last_leaves(
    graph: KeptGraph, names: Mapping[int, Sequence[str]], owners: Mapping[int, str]
) -> dict[str, int]:
    """Return for each optimizer the first leaf of the layer that was used last before the loss.

    Leaves that no optimizer steps are those of ''.
    """
    used: dict[int, int] = {}
    for node in graph.nodes:
        for edge in node.edges:
            if edge is not None and edge.node in names:
                used[edge.node] = max(used.get(edge.node, -1), node.sequence)
    found: dict[str, int] = {}
    for index in sorted(used, key=lambda index: -used[index]):
        owner = owners.get(index, "")
        if owner not in found:
            found[owner] = _first_of_layer(graph, names, index, list(used))
    return found


def _first_of_layer(
    graph: KeptGraph, names: Mapping[int, Sequence[str]], last: int, leaves: Sequence[int]
) -> int:
    """Return the leaf of the same layer with the most dimensions: the weight, not the bias."""
    layer = names[last][0].rpartition(".")[0]
    if not layer:
        return last
    beside = [at for at in leaves if names[at][0].rpartition(".")[0] == layer]

    def dims(index: int) -> tuple[int, bool]:
        leaf = graph.nodes[index].leaf
        return (0 if leaf is None else leaf.ndim), index == last

    return max(beside, key=dims)
