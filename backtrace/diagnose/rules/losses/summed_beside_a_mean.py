"""One term of the loss is averaged over the batch, and another is summed over it.

## What it sees
A loss that adds up a mean over the rows of a batch and a sum over as many rows, whose factor is not
below one half. Or a divergence from a standard normal (`1 + log_var - mu.pow(2) - log_var.exp()`)
that is summed over what is encoded of each row, with a weight of one half or more, where the
heaviest other term is averaged over all elements of the rows and weighs an eighth of it or less,
element by element. Or, in the source, a sum that names no axis and a mean of it that does, as
`torch.mean(torch.sum(x), dim=0)`: nothing is left to be averaged. The mean may name none, either,
where what it is of is called a loss and another sum of the file's leaves an axis to its own mean.

## Why it matters
The sum is as many times larger as there are elements, and outweighs the mean: a variational
autoencoder whose divergence is summed and whose reconstruction is averaged sends every input to
the prior. The balance changes with the size of the batch.

## Example
    reconstruction = F.mse_loss(output, x)
    divergence = -0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp())
    loss = reconstruction + divergence

## Instead
    reconstruction = F.mse_loss(output, x, reduction="sum") / len(x)
    divergence = -0.5 * torch.sum(1 + log_var - mu.pow(2) - log_var.exp()) / len(x)
    loss = reconstruction + divergence

## When it is intended
A sum with a weight below one half is taken for weighed, and one that is divided by the number of
rows is a mean.

## Source
github.com/zdebruine/MMVAE, pull request 19; github.com/GlassyWing/nvae, issue 3; D. P. Kingma and
M. Welling, "Auto-Encoding Variational Bayes", 2013, equation 10: both terms are per example.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 2
Found = list[tuple[int, GraphSeen]]


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the second update of the first line with such a loss."""
    graphs = [(window.number, graph) for window in run.windows for graph in window.of(GraphSeen)]
    summed: Found = [each for each in graphs if each[1].summed]
    outweighed: Found = [each for each in graphs if len(each[1].outweighed) > 1]
    if len(summed) >= _ENOUGH:
        number, graph = summed[_ENOUGH - 1]
        yield RULE.found(
            f"the loss adds a mean over {graph.summed[0]} rows and a sum over all of "
            f"{graph.summed}: the sum outweighs the mean, the more the larger the batch",
            "average both over the rows, or divide the sum by their number",
            number,
            line_of(run, graph, "summed"),
            summed=str(graph.summed),
        )
    elif len(outweighed) >= _ENOUGH:
        number, graph = outweighed[_ENOUGH - 1]
        rows, each = graph.outweighed[0], prod(graph.outweighed[1:])
        yield RULE.found(
            f"the loss adds a divergence that is summed over each row, and an error that is "
            f"averaged over all of {graph.outweighed}: the error counts for the {each} elements "
            "of a row as if there were one",
            "sum the error over the elements of a row as well, and divide both by the number of "
            "rows",
            number,
            line_of(run, graph, "outweighed"),
            averaged=str(graph.outweighed),
            rows=rows,
        )
    yield from _summed_over_all(run)


def _summed_over_all(run: Stretch) -> Iterator[Judgement]:
    """Give each sum of the source that leaves nothing to the mean that is taken of it."""
    for slip in run.of(SlipSeen):
        if slip.kind == "sum-of-all":
            yield RULE.found(
                f"{slip.name} has nothing to average: the sum in it names no axis, so that it is "
                "over the batch as well, and the larger the batch, the heavier this term",
                f"name the axes that are to be summed, such as {slip.beside}",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT429", "summed-beside-a-mean", "warning", check, __doc__, needs=(FACTS,))
