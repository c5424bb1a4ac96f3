"""One element of a gradient as the sum that it is: over the elements of what the leaf went into.

A rule is linear in the gradient at the output. So an element of what it gives is a sum over the
elements k of that output: ∂L/∂y[k] · ∂y[k]/∂w[element], and the second factor is how much the
rule's result changes with ∂L/∂y[k].
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from backtrace.explain.derive.parts import ElementSum, ElementTerm
from backtrace.explain.live.by_hand import NodeStep, take_step
from backtrace.explain.live.graph_links import GraphTold
from backtrace.explain.live.kept_graph import KeptNode
from backtrace.explain.live.labels import place_of

_MOST = 8  # products that are written out


def sum_element(told: GraphTold, leaf: int, index: tuple[int, ...]) -> ElementSum | None:
    """Return one element of a leaf's gradient as a sum; None where some part is not derived.

    Args:
        index: of the element, within the leaf's shape.
    """
    terms: list[ElementTerm] = []
    rest, count = 0.0, 0
    for way in _ways(told, leaf):
        if any(step.problem for step, _ in way):
            return None
        found, more, others = _terms(told, way, index)
        terms += found
        count += more
        rest += others
    terms.sort(key=lambda term: -abs(term.value))
    kept, dropped = terms[:_MOST], terms[_MOST:]
    total = float(told.walked.leaves[leaf][index])
    return ElementSum(
        index=index,
        terms=tuple(kept),
        count=count,
        rest=rest + sum(term.value for term in dropped),
        held=0.0,
        total=total,
        seen=None,
    )


Way = list[tuple[NodeStep, int]]


def _ways(told: GraphTold, leaf: int) -> Iterator[Way]:
    """Give the ways from a node that is no move to the leaf: that node, then moves.

    Each node stands with the number of the input that leads on.
    """
    makers: dict[int, list[tuple[KeptNode, int]]] = {}
    for node in told.graph.nodes:
        if node.index in told.walked.steps:
            for at, edge in enumerate(node.edges):
                if edge is not None:
                    makers.setdefault(edge.node, []).append((node, at))
    waiting: list[tuple[int, Way]] = [(leaf, [])]
    while waiting:
        at, way = waiting.pop()
        for node, to in makers.get(at, []):
            step = told.walked.steps[node.index]
            longer = [(step, to), *way]
            if step.rule is not None and step.rule.moves and node.index in makers:
                waiting.append((node.index, longer))
            else:
                yield longer


def _terms(
    told: GraphTold, way: Way, index: tuple[int, ...]
) -> tuple[list[ElementTerm], int, float]:
    """Return the largest products of one way, how many there are, and the sum of the others."""
    first = way[0][0]
    place = place_of(first.node, told.labels)
    with torch.enable_grad():
        given = [grad.clone().requires_grad_() for grad in first.grads]
        grads: tuple[Tensor, ...] = tuple(given)
        for step, at in way:
            wanted = [number == at for number in range(len(step.node.edges))]
            grads = _pass_on(told, step, grads, at, wanted)
        slopes = torch.autograd.grad(grads[0][index], given, allow_unused=True)
    found: list[ElementTerm] = []
    count, rest = 0, 0.0
    for grad, slope in zip(first.grads, slopes, strict=True):
        if slope is None:
            continue
        products = (grad * slope).flatten()
        order = products.abs().argsort(descending=True)[:_MOST]
        count += int((products != 0).sum())
        rest += float(products.index_fill(0, order, 0.0).sum())
        for at in order.tolist():
            if float(products[at]) != 0:
                place_in = tuple(
                    int(each) for each in torch.unravel_index(torch.tensor(at), grad.shape)
                )
                found.append(
                    ElementTerm(
                        place, place_in, float(grad.flatten()[at]), float(slope.flatten()[at])
                    )
                )
    return found, count, rest


def _pass_on(
    told: GraphTold, step: NodeStep, grads: tuple[Tensor, ...], at: int, wanted: list[bool]
) -> tuple[Tensor, ...]:
    """Return the gradients at the outputs of the node after this one, with only this way's."""
    result = take_step(told.graph, step.node, grads, wanted).given[at]
    edge = step.node.edges[at]
    assert result is not None
    assert edge is not None
    following = told.graph.nodes[edge.node]
    if following.leaf is not None:
        return (result,)
    return tuple(
        result if slot == edge.slot else result.new_zeros(shape)
        for slot, shape in enumerate(following.outputs)
    )
