"""The ways on which a gradient comes to a leaf: the last operation that is no move, then moves."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from backtrace.explain.live.by_hand import NodeStep, Walk, take_step
from backtrace.explain.live.kept_graph import KeptGraph, KeptNode

Way = list[tuple[NodeStep, int]]


def find_ways(graph: KeptGraph, walked: Walk, leaf: int) -> Iterator[Way]:
    """Give the ways from a node that is no move to the leaf: that node, then moves.

    Each node stands with the number of the input that leads on.
    """
    makers: dict[int, list[tuple[KeptNode, int]]] = {}
    for node in graph.nodes:
        if node.index in walked.steps:
            for at, edge in enumerate(node.edges):
                if edge is not None:
                    makers.setdefault(edge.node, []).append((node, at))
    waiting: list[tuple[int, Way]] = [(leaf, [])]
    while waiting:
        at, way = waiting.pop()
        for node, to in makers.get(at, []):
            step = walked.steps[node.index]
            longer = [(step, to), *way]
            if step.rule is not None and step.rule.moves and node.index in makers:
                waiting.append((node.index, longer))
            else:
                yield longer


def pass_along(graph: KeptGraph, way: Way, grads: tuple[Tensor, ...]) -> Tensor:
    """Return what comes to the leaf on one way, of gradients at the outputs of its first node."""
    for step, at in way:
        grads = _pass_on(graph, step, grads, at)
    return grads[0]


def _pass_on(
    graph: KeptGraph, step: NodeStep, grads: tuple[Tensor, ...], at: int
) -> tuple[Tensor, ...]:
    """Return the gradients at the outputs of the node after this one, with only this way's."""
    wanted = [number == at for number in range(len(step.node.edges))]
    result = take_step(graph, step.node, grads, wanted).given[at]
    edge = step.node.edges[at]
    assert result is not None
    assert edge is not None
    following = graph.nodes[edge.node]
    if following.leaf is not None:
        return (result,)
    return tuple(
        result if slot == edge.slot else result.new_zeros(shape)
        for slot, shape in enumerate(following.outputs)
    )
