"""Backward rules of autograd's nodes, written out by hand: for operations outside of any layer."""

from __future__ import annotations

from backtrace.explain.nodes import (
    attention,
    curves,
    elementwise,
    functions,
    layers,
    losses,
    matrix,
    moves,
    picking,
    reductions,
    resampling,
)
from backtrace.explain.nodes.node_rule import NodeFacts, NodeRule, NotKeptError, Rules

TABLE: Rules = {}
for _family in (
    attention, curves, elementwise, functions, layers, losses, matrix, moves, picking, reductions,
    resampling,
):  # fmt: skip
    TABLE.update(_family.RULES)


def find_node_rule(name: str) -> NodeRule | None:
    """Return the rule of a kind of node, by the name that torch gives it."""
    return TABLE.get(name)


__all__ = ["TABLE", "NodeFacts", "NodeRule", "NotKeptError", "find_node_rule"]
