"""One element of a gradient as the sum that it is: over the elements of what the leaf went into.

A rule is linear in the gradient at the output. So an element of what it gives is a sum over the
elements k of that output: ∂L/∂y[k] · ∂y[k]/∂w[element], and the second factor is how much the
rule's result changes with ∂L/∂y[k].
"""

from __future__ import annotations

import torch

from backtrace.explain.derive.parts import ElementSum, ElementTerm
from backtrace.explain.live.graph_links import GraphTold
from backtrace.explain.live.labels import place_of
from backtrace.explain.live.ways import Way, find_ways, pass_along

_MOST = 8  # products that are written out


def sum_element(told: GraphTold, leaf: int, index: tuple[int, ...]) -> ElementSum | None:
    """Return one element of a leaf's gradient as a sum; None where some part is not derived.

    Args:
        index: of the element, within the leaf's shape.
    """
    terms: list[ElementTerm] = []
    rest, count = 0.0, 0
    for way in find_ways(told.graph, told.walked, leaf):
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


def _terms(
    told: GraphTold, way: Way, index: tuple[int, ...]
) -> tuple[list[ElementTerm], int, float]:
    """Return the largest products of one way, how many there are, and the sum of the others."""
    first = way[0][0]
    place = place_of(first.node, told.labels)
    with torch.enable_grad():
        given = [grad.clone().requires_grad_() for grad in first.grads]
        arrived = pass_along(told.graph, way, tuple(given))
        slopes = torch.autograd.grad(arrived[index], given, allow_unused=True)
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
