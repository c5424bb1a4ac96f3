"""Attention's softmax goes over the other axis than the one that its weights are summed over.

## What it sees
In the graph of a backward, a softmax of scores, which are a product of two things that are learned,
and its weights in a second product that sums over another axis of theirs than the softmax went
over.

## Why it matters
The weights of one query do not add up to 1: queries compete for each key, where the keys should for
each query. A query that loses everywhere is given nothing, and how much comes out hangs on how many
there are.

## Example
    weights = torch.softmax(q @ k.transpose(1, 2) / d**0.5, dim=1)
    out = weights @ v

## Instead
    weights = torch.softmax(q @ k.transpose(1, 2) / d**0.5, dim=-1)
    out = weights @ v

## When it is intended
Slot attention lets slots compete, and divides by the sum over the inputs afterwards: nothing is
said of that, nor of attention in two directions.

## Source
Vaswani et al., "Attention Is All You Need", 2017, section 3.2.1; "softmax over the wrong dimension
in attention", discuss.pytorch.org."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.facts import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first update with such a softmax."""
    graph = next((graph for graph in run.of(GraphSeen) if graph.over_queries), None)
    if graph is not None:
        shape = graph.over_queries
        yield RULE.found(
            f"a softmax of scores of shape {shape} goes over one axis, and its weights are summed "
            "over the other: those of a query do not add up to 1",
            "give softmax the axis of the keys: dim=-1 for q @ k.transpose(-2, -1)",
            run.update_at(graph),
            line_of(run, graph, "over_queries"),
            shape=str(shape),
        )


RULE = Rule("BT469", "softmax-over-queries", "warning", check, __doc__, needs=(FACTS,))
