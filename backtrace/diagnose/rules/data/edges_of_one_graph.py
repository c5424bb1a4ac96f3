"""The edges of a batch of graphs name the nodes of the first alone: the others get no message.

## What it sees
Sums over edges (`index_add`, `scatter_add`, `scatter_reduce`) into as many rows as a batch of
graphs has nodes, which a view of (graphs, nodes, …) tells, and of which none goes beyond the nodes
of the first graph, in two updates.

## Why it matters
The first graph gets the messages of all, as many times as the edges are repeated, or its own. To
all other graphs the layer is one that sees each node by itself.

## Example
    x = graphs.reshape(batch * nodes, features)
    edges = edge_index.repeat(1, batch)

## Instead
    shift = nodes * torch.arange(batch).repeat_interleave(edge_index.size(1))
    edges = edge_index.repeat(1, batch) + shift

## When it is intended
All graphs but the first of each batch have no edges.

## Source
github.com/ai4co/rl4co, issue 227; "Advanced mini-batching", PyTorch Geometric documentation: the
indices of each graph are increased by the number of nodes before it."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen

_ENOUGH = 2  # graphs: in one alone edges may be few


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the second update whose edges are those of one graph, where no batch has others."""
    whole = [graph for graph in run.of(GraphSeen) if graph.is_whole]
    found = [graph for graph in whole if len(graph.one_graph) == 2]
    if len(found) < _ENOUGH:
        return
    graph = found[_ENOUGH - 1]
    graphs, size = graph.one_graph
    yield RULE.found(
        f"the edges name nodes 0 to {size - 1} alone, and the batch has {graphs} graphs of {size} "
        "nodes: all but the first get no message",
        "add to the edges of each graph how many nodes come before it: edge_index.repeat(1, batch) "
        "+ nodes * torch.arange(batch).repeat_interleave(edge_index.size(1))",
        run.update_at(graph),
        line_of(run, graph, "one_graph"),
        graphs=graphs,
        nodes=size,
    )


RULE = Rule("BT543", "edges-of-one-graph", "warning", check, __doc__, needs=(FACTS,))
