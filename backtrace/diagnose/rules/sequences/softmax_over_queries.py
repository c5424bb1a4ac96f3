"""Attention's softmax goes over the other axis than the one that its weights are summed over.

## What it sees
In the graph of a backward, a softmax of scores, which are a product of two things that are learned,
and its weights in a second product that sums over another axis of theirs than the softmax went
over.

Or, in the source of a file that calls a model: of attention over the edges of a graph, a softmax
over the edges of one end, `softmax(score, edge_index[0])` or an exponential divided by its sums,
where all messages that are multiplied by it are summed at the other end.

## Why it matters
The weights of one query do not add up to 1: queries compete for each key, where the keys should for
each query. A query that loses everywhere is given nothing, and how much comes out hangs on how many
there are. A node of a graph that gets many messages gets a large sum of them, and one whose
neighbours have many edges next to nothing.

## Example
    weights = torch.softmax(q @ k.transpose(1, 2) / d**0.5, dim=1)
    out = weights @ v

## Instead
    weights = torch.softmax(q @ k.transpose(1, 2) / d**0.5, dim=-1)
    out = weights @ v

Of a graph:

    weights = softmax(score, edge_index[1], num_nodes)
    out = torch.zeros_like(h).index_add(0, edge_index[1], weights * h[edge_index[0]])

## When it is intended
Slot attention lets slots compete, and divides by the sum over the inputs afterwards: nothing is
said of that, nor of attention in two directions. Nor is it of edges that a file writes in both
directions, or of what is called a walk, a routing or a diffusion.

## Source
Vaswani et al., "Attention Is All You Need", 2017, section 3.2.1; "softmax over the wrong dimension
in attention", discuss.pytorch.org; github.com/pyg-team/pytorch_geometric, issue 224;
github.com/snap-stanford/pretrain-gnns, issue 49."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first update with such a softmax, and each that the source shows over edges."""
    for event in run.of(SlipSeen):
        if event.kind == "other-end":
            yield RULE.found(
                f"the softmax goes over the edges that share {event.name}, and its weights are "
                f"summed at {event.beside}: those that a node gets do not add up to 1",
                f"let the softmax go over {event.beside}, where the messages are summed",
                run.update_at(event),
                event.where,
            )
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
