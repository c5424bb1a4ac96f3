"""An adjacency with self-loops is normalised by degrees that were counted without them.

## What it sees
In the source, a function in which the identity is added to a matrix, degrees are summed over that
matrix without the identity, and the sum of the two is multiplied by a power of these degrees.
Nothing is added to the degrees, and they are summed over nothing else.

## Why it matters
The weights of a node and its neighbours are to come to about one. By degrees without the loop they
come to more, for a node of one neighbour to twice as much: layers make what has few neighbours too
large, the more of them there are, and a node without any divides by zero.

## Example
    A_hat = A + torch.eye(len(A))
    D = torch.diag(A.sum(1).pow(-0.5))
    A_hat = D @ A_hat @ D

## Instead
    A_hat = A + torch.eye(len(A))
    D = torch.diag(A_hat.sum(1).pow(-0.5))
    A_hat = D @ A_hat @ D

## When it is intended
Where A has its loops already, and the identity is to count them once more.

## Source
Kipf and Welling, "Semi-Supervised Classification with Graph Convolutional Networks", 2017: the
renormalization trick; github.com/dsgiitr/graph_nets, issue 13.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that counts such degrees."""
    for event in run.of(SlipSeen):
        if event.kind == "loopless":
            yield RULE.found(
                f"{event.beside} has self-loops, and is normalised by degrees that are summed over "
                f"{event.name}, which has none",
                f"sum the degrees over {event.beside}",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT603", "degrees-without-loops", "warning", check, __doc__, needs=(FACTS,))
