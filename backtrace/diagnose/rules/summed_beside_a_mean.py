"""One term of the loss is averaged over the batch, and another is summed over it.

## What it sees
A loss that adds up a mean over the rows of a batch and a sum over as many rows, whose factor is not
below one half.

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
github.com/zdebruine/MMVAE, pull request 19; D. P. Kingma and M. Welling, "Auto-Encoding Variational
Bayes", 2013, equation 10: both terms are per example.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.facts import GraphSeen

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the second update of the first line with such a loss."""
    found = [
        (window.number, graph)
        for window in run.windows
        for graph in window.of(GraphSeen)
        if graph.summed
    ]
    if len(found) >= _ENOUGH:
        number, graph = found[_ENOUGH - 1]
        yield RULE.found(
            f"the loss adds a mean over {graph.summed[0]} rows and a sum over all of "
            f"{graph.summed}: the sum outweighs the mean, the more the larger the batch",
            "average both over the rows, or divide the sum by their number",
            number,
            line_of(run, graph, "summed"),
            summed=str(graph.summed),
        )


RULE = Rule("BT429", "summed-beside-a-mean", "warning", check, __doc__, needs=(FACTS,))
