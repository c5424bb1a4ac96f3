"""A focal loss weighs the batch as a whole: its weight is made of the mean loss.

## What it sees
In the graph of a backward, an exponential of the negated mean of a loss over several rows, where
the mean is used besides: `(1 - exp(-mean)) ** gamma * mean`.

## Why it matters
The focal factor is to make easy rows count for less than hard ones. Taken of the mean it is one
number for all rows: what is hard is weighed as what is easy, and where most rows are easy all
gradients shrink.

## Example
    ce = F.cross_entropy(logits, y)            # one number
    loss = (1 - torch.exp(-ce)) ** 2 * ce

## Instead
    ce = F.cross_entropy(logits, y, reduction="none")
    loss = ((1 - torch.exp(-ce)) ** 2 * ce).mean()

## When it is intended
A step size that follows the mean loss; then the factor is detached.

## Source
Lin et al., "Focal Loss for Dense Object Detection", 2017, equation 4: the factor is of each row.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.facts import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first backward of each line through such a weight."""
    seen: set[str] = set()
    for graph in run.of(GraphSeen):
        if graph.focused_means and graph.where not in seen:
            seen.add(graph.where)
            yield RULE.found(
                "the loss is weighted by an exponential of its own mean: one weight for the whole "
                "batch, the same for easy rows and hard ones",
                'take the loss with reduction="none", weigh each row, and average then',
                run.update_at(graph),
                line_of(run, graph, "focused_means"),
                weights_of_a_mean=graph.focused_means,
            )


RULE = Rule("BT420", "focal-weight-of-the-mean", "warning", check, __doc__, needs=(FACTS,))
