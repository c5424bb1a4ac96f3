"""Similarities at a low temperature are products of vectors that were not normalised.

## What it sees
In the graph of a backward, a log-softmax or a logsumexp of products of two things that are
computed, divided by a temperature of 0.5 or less, where the vectors on both sides are of many
lengths: those deviate by a tenth of their mean or more. What is multiplied with a parameter is a
layer, and left out.

## Why it matters
A temperature of 0.07 is meant for cosines, which lie between -1 and 1. Products of vectors of any
length grow with it: the softmax is sure from the start, whichever vector is longest wins, and the
loss grows into the hundreds, or is not finite. Normalised over the rows of a batch instead of over
its own elements, a vector has no length of 1 either.

## Example
    logits = a @ b.T / 0.07

## Instead
    a, b = F.normalize(a, dim=1), F.normalize(b, dim=1)
    logits = a @ b.T / 0.07

## When it is intended
Where the lengths are to tell something, as of items that are often chosen; then a temperature is
hardly needed.

## Source
"loss is nan", github.com/HobbitLong/SupContrast, issue 50; Chen et al., "A Simple Framework for
Contrastive Learning of Visual Representations", 2020, table 5.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first update with such products."""
    for graph in run.of(GraphSeen):
        match graph.raw_lengths:
            case (shortest, longest, times) if times:
                yield RULE.found(
                    f"products of vectors of lengths from {shortest:.3g} to {longest:.3g} are "
                    f"divided by a temperature of {1 / times:.3g}, which is for cosines",
                    "normalise both sides before they are multiplied, each vector by itself: "
                    "F.normalize(x, dim=-1)",
                    run.update_at(graph),
                    line_of(run, graph, "raw_lengths"),
                    shortest_vector=shortest,
                    longest_vector=longest,
                    temperature=1 / times,
                )
                return


RULE = Rule("BT470", "similarity-of-raw-vectors", "warning", check, __doc__, needs=(FACTS,))
