"""A loss of one minus a share is below zero: what is counted as a share is more than the whole.

## What it sees
In the graph of a backward, a ratio that is taken from a number, `1 - 2 * overlap / total`, alone or
beside terms that cannot be below zero, and a loss below -0.01 in three updates or more.

## Why it matters
A share of what two things have in common, such as Dice, Jaccard or IoU, is between 0 and 1 for
masks and probabilities. Of scores without a sigmoid, of masks of 0 and 255, or of boxes whose
corners are taken for centres, it is neither: the loss falls on without end, and what is drawn gets
no better.

## Example
    overlap = (logits * mask).sum()
    loss = 1 - 2 * overlap / (logits.sum() + mask.sum())

## Instead
    p = torch.sigmoid(logits)
    loss = 1 - 2 * (p * mask).sum() / (p.sum() + mask.sum())

## When it is intended
A ratio that is no share, of a gain to its cost, and is to grow without end.

## Source
Milletari et al., "V-Net", 2016, equation 3: the Dice coefficient of two volumes of probabilities is
between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.graph_seen import GraphSeen

_ENOUGH = 3
_BELOW = -0.01  # rounding goes less far


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that goes backward from such a loss, where it is below zero."""
    seen: set[str] = set()
    for graph in run.of(GraphSeen):
        if not graph.shares or graph.where in seen:
            continue
        seen.add(graph.where)
        losses = [
            (event.loss, event)
            for event in run.of(BackwardRan)
            if event.where == graph.where and event.loss is not None and event.loss < _BELOW
        ]
        if len(losses) >= _ENOUGH:
            lowest = min(loss for loss, _ in losses)
            largest = max(each.shared for each in run.of(GraphSeen) if each.where == graph.where)
            line = line_of(run, graph, "shared")
            yield RULE.found(
                f"the loss takes a share from a number and is down to {lowest:.3g}: the share is "
                "above that number, "
                + (
                    f"for what it counts reaches {largest:.3g}"
                    if largest
                    else "so what it is computed of is no part of a whole"
                ),
                "give it probabilities (a sigmoid or a softmax) and targets between 0 and 1, "
                "and boxes in the format that it expects",
                run.update_at(losses[_ENOUGH - 1][1]),
                line if line != graph.where else line_of(run, graph, "shares"),
                below_zero=len(losses),
                lowest=lowest,
            )


RULE = Rule("BT526", "share-above-one", "warning", check, __doc__, needs=(FACTS,))
