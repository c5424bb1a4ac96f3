"""A gradient penalty takes its norm over one axis, where a row's gradient has several.

## What it sees
In the graph of a backward, the norm over axis 1 alone (`norm(2, dim=1)`, or the root of a sum of
squares) of what `torch.autograd.grad(..., create_graph=True)` gave, with three axes or more, and a
number that is taken from it or a loss that compares it with one.

## Why it matters
A penalty is on the norm of a row's whole gradient. Over the channels alone each pixel has a norm of
its own, and where all of them are 1 the gradient of a picture has the root of their number.

## Example
    penalty = ((slope.norm(2, dim=1) - 1) ** 2).mean()  # slope is (N, C, H, W)

## Instead
    penalty = ((slope.flatten(1).norm(2, dim=1) - 1) ** 2).mean()

## When it is intended
Where each place has an output of its own, as a field of points has: a gradient of as many outputs
as there are norms is left alone, and so are norms over the last of several axes.

## Source
github.com/Zeleni9/pytorch-wgan, issue 40; "Improved Training of Wasserstein GANs", I. Gulrajani and
others, 2017, algorithm 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod, sqrt

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first backward with such a penalty."""
    for graph in run.of(GraphSeen):
        shape, norms = graph.axis_norms, prod(graph.axis_norms[2:])
        if norms > 1:
            yield RULE.found(
                f"a penalty takes the norm of gradients of {shape} over axis 1 alone: {norms} "
                f"norms a row, which of 1 each make a gradient of norm {sqrt(norms):.3g}",
                "flatten each row first: .flatten(1).norm(2, dim=1)",
                run.update_at(graph),
                line_of(run, graph, "axis_norms"),
                shape=str(shape),
                norms_a_row=norms,
            )
            return


RULE = Rule("BT432", "penalty-over-one-axis", "warning", check, __doc__, needs=(FACTS,))
