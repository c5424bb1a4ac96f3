"""A term is added to a loss that has it already: it counts twice.

## What it sees
In the graph of a backward, the addition of a term to a sum that has just this term among others,
times the same number: it was added in a function, and again by its caller, or a dictionary of terms
is summed that has their total in it.

## Why it matters
The term has twice the weight that it is meant to have, and that is told of it. A value that was
found good for it elsewhere is twice too large here.

## Example
    losses = {"loss": task + auxiliary, "auxiliary": auxiliary}
    total = losses["loss"] + losses["auxiliary"]

## Instead
    losses = {"loss": task + auxiliary, "auxiliary": auxiliary}
    total = losses["loss"]

## When it is intended
Where two is the weight of a term: write `2 * auxiliary`. Of two sums that share a term, each with
one of its own, nothing is said, nor of a sum that is added to itself.

## Source
github.com/microsoft/protein-frame-flow, issue 23; github.com/huggingface/trl, issue 4070: the
model's own loss has the auxiliary loss of its experts already.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each backward whose loss has a term twice, in each graph that was read."""
    sites: dict[str, list[GraphSeen]] = {}
    for graph in run.of(GraphSeen):
        if graph.is_whole:
            sites.setdefault(graph.where, []).append(graph)
    for graphs in sites.values():
        first = graphs[0]
        if all(graph.terms_twice for graph in graphs):
            yield RULE.found(
                "a term is added to a sum of which it is a term already: it counts twice in the "
                "loss",
                "add it once: what the model or the function returned has it in it; or write its "
                "weight, 2 * term",
                run.update_at(first),
                line_of(run, first, "terms_twice"),
                times=first.terms_twice,
            )


RULE = Rule("BT564", "term-counted-twice", "warning", check, __doc__, needs=(FACTS,))
