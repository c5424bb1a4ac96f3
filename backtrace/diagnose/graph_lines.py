"""In which line what is wrong in a graph was computed; its backward may stand far from there."""

from __future__ import annotations

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.facts import GraphSeen

CHECKPOINT_FIX = (
    "checkpoint with use_reentrant=False, or have the input require a gradient "
    "(enable_input_require_grads() of a transformers model)"
)


def line_of(run: Stretch, graph: GraphSeen, fact: str) -> str:
    """Return the line that `fact` of a graph comes from, or else that of the backward.

    `fact` is a field of GraphSeen. The line is known from a later graph at the same place.
    """
    graphs = (each for each in run.of(GraphSeen) if each.where == graph.where)
    known = (each.lines[fact] for each in graphs if each.lines.get(fact))
    return next(known, graph.where)


def call_of(run: Stretch, module: str) -> str:
    """Return where a module that no gradient reaches is called; '' where that is not known."""
    return next((at for g in run.of(GraphSeen) if (at := g.called_at.get(module))), "")
