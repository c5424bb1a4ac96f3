"""Operations that take some elements: their gradient goes back to where they were, 0 elsewhere.

An element that was taken several times gets the sum.
"""

from __future__ import annotations

import torch
from torch import Tensor

from backtrace.explain.nodes.node_rule import (
    Formula,
    NodeFacts,
    NodeRule,
    NotKeptError,
    Rules,
    one_way,
    zeros,
)


def select(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x[…, i, …]."""
    dim, index = facts.integer("dim"), facts.integer("index")
    found = zeros(facts.shape(), grad)
    found.select(dim, index).copy_(grad)
    return found


def cut(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x[…, start:end:step, …]."""
    found = zeros(facts.shape(), grad)
    dim = facts.integer("dim") % max(1, found.ndim)
    ends = facts.integer("start"), facts.integer("end"), facts.integer("step")
    where = [slice(None)] * found.ndim
    where[dim] = slice(ends[0], min(ends[1], found.shape[dim]), ends[2])
    found[tuple(where)] = grad
    return found


def index(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x[indices], masks included."""
    places = torch.arange(_count(facts), device=grad.device).reshape(facts.shape())
    return _add_at(facts, places[_places(facts)], grad)


def index_put(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x, but other values at some indices, or values added there."""
    where = _places(facts)
    if at:
        return grad[where]
    if facts.is_set("accumulate"):
        return grad
    found = grad.clone()
    found[where] = 0.0
    return found


def index_select(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = rows of x by their numbers, along a dimension."""
    found, chosen = zeros(facts.shape(), grad), facts.tensor("index")
    return found.index_add(facts.integer("dim"), chosen, grad)


def gather(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x at an index along a dimension, one for each element."""
    found = zeros(facts.shape(), grad)
    return found.scatter_add(facts.integer("dim"), facts.tensor("index"), grad)


def scatter(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x, but other values at some indices."""
    dim, chosen = facts.integer("dim"), facts.tensor("index")
    return grad.gather(dim, chosen) if at else grad.scatter(dim, chosen, 0.0)


def diagonal(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = a diagonal of x."""
    found = zeros(facts.shape(), grad)
    ways = facts.integer("offset"), facts.integer("dim1"), facts.integer("dim2")
    found.diagonal(*ways).copy_(grad)
    return found


def masked_select(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = x where the mask is set."""
    mask = facts.tensor("mask").expand(facts.shape())
    return zeros(facts.shape(), grad).masked_scatter(mask, grad)


def embedding(facts: NodeFacts, grad: Tensor, at: int) -> Tensor:
    """y = rows of a table: each row gets the sum of where it was read; `padding_idx` gets 0."""
    rows, width = facts.tensor("indices").flatten(), grad.shape[-1]
    padding = facts.integer("padding_idx")
    flat = grad.reshape(-1, width).masked_fill((rows == padding)[:, None], 0.0)
    if facts.is_set("scale_grad_by_freq"):
        flat = flat / (rows[:, None] == rows[None]).sum(1, keepdim=True)
    return zeros(facts.shape(), grad).index_add(0, rows, flat)


def _places(facts: NodeFacts) -> tuple[slice | Tensor, ...]:
    given = facts.saved.get("indices")
    if not isinstance(given, tuple | list):
        raise NotKeptError("it did not keep its indices")
    return tuple(slice(None) if each is None else each for each in given)


def _count(facts: NodeFacts) -> int:
    return torch.Size(facts.shape()).numel()


def _add_at(facts: NodeFacts, places: Tensor, grad: Tensor) -> Tensor:
    flat = zeros((_count(facts),), grad)
    return flat.index_add(0, places.flatten(), grad.flatten()).reshape(facts.shape())


_TAKEN = Formula("{g} where it was taken, else 0")


RULES: Rules = {
    "SelectBackward0": one_way(select, _TAKEN, moves=True),
    "SliceBackward0": one_way(cut, _TAKEN, moves=True),
    "IndexBackward0": one_way(index, _TAKEN, moves=True),
    "IndexSelectBackward0": one_way(index_select, _TAKEN, moves=True),
    "GatherBackward0": one_way(gather, _TAKEN, moves=True),
    "ScatterBackward0": one_way(scatter, Formula("{g}, 0 where it was overwritten"), _TAKEN),
    "ScatterBackward1": one_way(scatter, Formula("{g}, 0 where it was overwritten")),
    "IndexPutBackward0": one_way(
        index_put, Formula("{g}, 0 where it was overwritten"), Formula("{g} where it was put")
    ),
    "DiagonalBackward0": one_way(diagonal, _TAKEN, moves=True),
    "MaskedSelectBackward0": one_way(masked_select, _TAKEN, moves=True),
    "EmbeddingBackward0": NodeRule(
        one_way(embedding).back, (Formula("Σ {g} where the row was read"),)
    ),
}
