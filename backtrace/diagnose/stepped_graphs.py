"""Graphs all of whose parameters the step behind them moves."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen


def stepped_graphs(run: Stretch, optimizer: str) -> Iterator[GraphSeen]:
    """Give the graphs that were looked at whole, and reach what an optimizer steps and no more.

    One that reaches more goes through a network that judges, such as the critic of an actor.
    """
    for window in run.windows:
        if window.step is None or window.step.optimizer != optimizer:
            continue
        stepped = window.step.values.keys()
        for graph in window.of(GraphSeen):
            if graph.is_whole and graph.reached and stepped >= set(graph.reached):
                yield graph
