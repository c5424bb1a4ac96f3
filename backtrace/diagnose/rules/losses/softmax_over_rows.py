"""A softmax goes over the rows of the batch: each element competes with those of other rows.

## What it sees
In the graph of a backward, a softmax over the first of several axes, whose length is that of the
batch or a multiple of it (rows and positions in one axis). Or one over the first of two axes, of
which one of each row is picked along the second, as the probability of the action that was taken.

## Why it matters
What one row comes to depends on which other rows are in its batch. Attention that is normalised so
does not choose among positions, and no row's weights add up to 1.

## Example
    weights = torch.softmax(scores.view(batch * queries, -1), dim=0)

## Instead
    weights = torch.softmax(scores.view(batch * queries, -1), dim=-1)

## When it is intended
Contrastive losses compare all rows with all (a square), and pooling over instances has one result
for all of its rows; both are left alone.

## Source
github.com/PetrochukM/PyTorch-NLP, issue 2; torch.nn.Softmax, PyTorch documentation: `dim`.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the second update with such a softmax."""
    found = [
        (window, graph)
        for window in run.windows
        for graph in window.of(GraphSeen)
        if graph.picked_over_rows or (graph.over_rows and _are_rows(graph.over_rows, window))
    ]
    if len(found) >= _ENOUGH:
        window, graph = found[_ENOUGH - 1]
        shape = graph.picked_over_rows or graph.over_rows
        yield RULE.found(
            f"a softmax of {shape} goes over its first axis, and one of each row is picked along "
            "the other: each row competes with the others"
            if graph.picked_over_rows
            else f"a softmax of {shape} goes over its first axis, where the {_rows(window)} rows "
            "of the batch are: each row competes with the others",
            "give softmax the axis of what is to add up to 1: dim=-1 for the positions or classes "
            "of a row",
            window.number,
            line_of(run, graph, "picked_over_rows" if graph.picked_over_rows else "over_rows"),
            shape=str(shape),
        )


def _rows(window: Window) -> int:
    """Return of how many rows the loss is; 0 where its input and target do not agree."""
    calls = [call for call in window.of(LossCalled) if call.input_from]
    agree = {(call.input_shape[:1], call.target_shape[:1]) for call in calls}
    if len(agree) != 1:
        return 0
    own, target = agree.pop()
    return own[0] if own == target and own else 0


def _are_rows(shape: tuple[int, ...], window: Window) -> bool:
    rows = _rows(window)
    return rows > 1 and not shape[0] % rows and shape[0] != shape[1] and rows not in shape[1:]


RULE = Rule("BT428", "softmax-over-rows", "warning", check, __doc__, needs=(FACTS,))
