"""A gradient penalty is taken where it says nothing of the critic between real and fake.

## What it sees
In the source, `a * real + (1 - a) * fake`, by which a gradient with a graph is taken in the same
function, with an `a` that is drawn for each element of rows of several, or by a normal draw. Or, in
the graph of a backward, the norm of the gradient of a sigmoid that is to meet a number, where means
of the critic's scores are the loss.

## Why it matters
The penalty holds the critic's slope along straight lines from a real row to a made one. A number
for each element leaves these lines for pictures that are pixels of both, a normal one goes past
their ends. And a sigmoid has a slope of its own, which is 0 where the score is large: the norm then
cannot meet 1.

## Example
    a = torch.rand(real.size())
    mixed = (a * real + (1 - a) * fake).requires_grad_(True)

## Instead
    a = torch.rand(real.size(0), 1, 1, 1)
    mixed = (a * real + (1 - a) * fake).requires_grad_(True)

## When it is intended
Where the slope is held around the data, as DRAGAN does with noise that is added to it, nothing is
said; nor of a sigmoid beside a cross-entropy.

## Source
github.com/eriklindernoren/PyTorch-GAN, issue 5: a number per pixel; github.com/keras-team/keras-io,
issue 624: a normal one; github.com/hwalsuklee/tensorflow-generative-model-collections, issue 14:
the sigmoid; "Improved Training of Wasserstein GANs", I. Gulrajani and others, 2017, algorithm 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.layer_facts import DerivativeTaken
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such draw, and the first backward with the penalty of a sigmoid."""
    for slip in run.of(SlipSeen):
        if slip.kind == "mixed-by-normal":
            yield RULE.found(
                f"{slip.name} mixes real and fake for the gradient penalty: a normal number is "
                "below 0 in one row of two, and so is not between them",
                "draw it between 0 and 1, one for each row: torch.rand(rows, 1, 1, 1)",
                run.update_at(slip),
                slip.where,
            )
        elif slip.kind == "mixed-by-element" and (shape := _shape_for(run, slip)):
            yield RULE.found(
                f"{slip.name} mixes real and fake for the gradient penalty by another number for "
                f"each of the {prod(shape[1:])} elements of a row: the result is not on the line "
                "between the two",
                "draw one number for each row: "
                f"torch.rand({', '.join(['rows', *'1' * (len(shape) - 1)])})",
                run.update_at(slip),
                slip.where,
                shape=str(shape),
            )
    for graph in run.of(GraphSeen):
        if graph.squashed_penalties:
            yield RULE.found(
                "the gradient penalty is on the slope of a sigmoid, which is at most a quarter of "
                "that of the score, and 0 where this is large",
                "take the gradient of the critic's score, before the sigmoid: a Wasserstein "
                "critic ends without one",
                run.update_at(graph),
                line_of(run, graph, "squashed_penalties"),
            )
            return


def _shape_for(run: Stretch, slip: SlipSeen) -> tuple[int, ...]:
    """Return the shape that a gradient was taken by of which rows have several elements."""
    for taken in run.of(DerivativeTaken):
        is_like = slip.every in (0, len(taken.shape))
        if taken.has_graph and is_like and prod(taken.shape[1:]) > 1:
            return taken.shape
    return ()


RULE = Rule("BT567", "penalty-misplaced", "warning", check, __doc__, needs=(FACTS,))
