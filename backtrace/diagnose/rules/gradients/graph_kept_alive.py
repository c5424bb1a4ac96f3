"""Losses of earlier updates are kept together with their graphs, more with each update.

## What it sees
When backward begins, more graphs of earlier losses are still alive than an update before, three
updates in a row. Or the graph that backward walks, and is told to keep, grows by as much with
each update.

## Why it matters
A loss or an output that is added to a running total or put in a list keeps every operation that
made it.
Memory grows until it runs out, and a total that is itself differentiated counts old batches again.

## Example
    running += loss
    history.append(loss)

## Instead
    running += loss.item()
    history.append(loss.detach())

## When it is intended
One or two losses of the update before are always alive, because a variable still names them; that
does not grow. Losses kept over one window of accumulation do not grow either. What a framework's
loop keeps up to the end of an epoch, as skorch does for a score of the training data, is a note.

## Source
Frequently asked questions, "My model reports cuda runtime error(2): out of memory", PyTorch
documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.facts import BackwardFailed
from backtrace.ledger.graph_seen import GraphSeen

_LATER = 3  # updates in which nothing is added: what is held was a few losses from the beginning


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first growth, of losses held or of the graph itself."""
    for optimizer in dict.fromkeys(step.optimizer for step in run.steps):
        windows = [window for window in run.windows_of(optimizer) if window.of(GraphSeen)]
        found = _growing_losses(windows[1:], optimizer) or _growing_graph(windows, optimizer)
        if found and not any(run.of(BackwardFailed)):  # what torch refuses is told by itself
            yield found
            return  # what one optimizer's windows show, the next one's show again


def _growing_losses(windows: list[Window], optimizer: str) -> Finding | None:
    # At an update's first backward: its own, of micro-batches or an episode's steps, come after.
    held = [window.of(GraphSeen)[0].held for window in windows]
    for at in range(2, len(held)):
        later = held[at + 1 :]
        has_stopped = len(later) >= _LATER and max(later) <= held[at]
        if 0 < held[at - 2] < held[at - 1] < held[at] and not has_stopped:
            is_theirs = 0 in held and _is_run_by_a_framework(windows[at])
            tell = _found_theirs if is_theirs else _found_own
            return tell(windows[at], optimizer, held[at - 2 : at + 1])
    return None


def _found_own(window: Window, optimizer: str, held: list[int]) -> Finding:
    return RULE.found(
        f"the graphs of {held[-1]} earlier losses are still alive, and each update adds to them",
        "keep numbers, not graphs: use loss.item() for a running total, and .detach() for "
        "losses or outputs in a list",
        window.number,
        window.of(GraphSeen)[-1].where,
        optimizer=optimizer,
        graphs_alive=held[-1],
        alive_two_updates_before=held[0],
    )


def _found_theirs(window: Window, optimizer: str, held: list[int]) -> Finding:
    found = RULE.found(
        f"the graphs of {held[-1]} earlier losses are still alive: the framework keeps the outputs "
        "of each update, perhaps up to the end of the epoch",
        "if memory runs short, score the training data behind the epoch, and not from the outputs "
        "of its updates: skorch's EpochScoring(..., on_train=True, use_caching=False)",
        window.number,
        window.of(GraphSeen)[-1].where,
        optimizer=optimizer,
        graphs_alive=held[-1],
        alive_two_updates_before=held[0],
    )
    return replace(found, severity="note")


def _is_run_by_a_framework(window: Window) -> bool:
    """Whether one line of the user's, such as `net.fit(x, y)`, goes backward and steps."""
    places = {each.where for each in window.of(GraphSeen)}
    return window.step is not None and places == {window.step.where}


def _growing_graph(windows: list[Window], optimizer: str) -> Finding | None:
    kept = [
        (window.number, graph)
        for window in windows
        for graph in window.of(GraphSeen)[-1:]
        if graph.is_whole and graph.retain
    ]
    for (_, first), (_, second), (number, third) in zip(kept, kept[1:], kept[2:], strict=False):
        grown, more = second.nodes - first.nodes, third.nodes - second.nodes
        if grown > 0 and first.nodes <= 2 * grown and grown <= more:
            return RULE.found(
                "backward walks the graphs of earlier updates again: the graph that "
                "retain_graph keeps grows with each update",
                "take the loss of this update only, detach what is carried over from the update "
                "before, and drop retain_graph=True",
                number,
                third.where,
                optimizer=optimizer,
                nodes=third.nodes,
                nodes_two_backwards_before=first.nodes,
            )
    return None


RULE = Rule("BT302", "graph-kept-alive", "warning", check, __doc__, needs=(FACTS,))
