"""The loss falls below zero, and nothing keeps it from falling on.

## What it sees
The loss of an optimizer's updates, eight at least, ends below zero at a million times what was the
largest of its first three, signs left aside, and the median of each third of the run is below the
one before. Three times are enough where the graph shows a likelihood: scores that were picked by
an index, as those of a CRF's tags are, less the `logsumexp` of what they were picked from. Of four
losses, that half are below zero is enough where the graph shows that a loss adds up differences of
an output and a tensor with their signs.

## Why it matters
An optimizer makes a loss small without end where it has no lower end: a divergence, a distance or a
likelihood has the wrong sign, or what a loss was given is not what it is meant for. All else that
the loss is made of, such as a reconstruction, is too small beside it to be learned.

## Example
    loss = reconstruction + 0.5 * (1 + log_var - mu**2 - log_var.exp()).sum()

## Instead
    loss = reconstruction - 0.5 * (1 + log_var - mu**2 - log_var.exp()).sum()

## When it is intended
Likelihoods of densities are below zero, as far as their noise allows, and a critic's scores, as far
as something bounds them: neither is known to grow a millionfold.

## Source
"KL divergence" (a sign), github.com/graviraja/pytorch-sample-codes, issue 6; Kingma and Welling,
"Auto-Encoding Variational Bayes", 2014, appendix B; github.com/kmkurn/pytorch-crf, issue 81.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FIRST_STEPS
from backtrace.diagnose.progress import Progress, optimizers_of, read_progress
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stepped_graphs import stepped_graphs
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen

_ENOUGH = 8
_GROWTH = 1e6
_LIKELY = 3.0  # of what is known to have no lower end
_FIRST = 3
_FEW = 4  # losses of errors, of which none is to be below zero


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each optimizer whose loss has no lower end."""
    told: set[str] = set()
    for optimizer in optimizers_of(run):
        updates = [each for each in read_progress(run, optimizer) if each.backwards]
        losses = [each.loss for each in updates if each.loss is not None]
        signed = _find_signed(run, optimizer, losses)
        if signed is None and len(losses) >= _ENOUGH:
            yield from _of_a_fall(run, optimizer, updates, losses)
        elif signed is not None and signed.where not in told:  # else by a run that is resumed
            told.add(signed.where)
            yield _of_signed(run, optimizer, signed, losses)


def _of_a_fall(
    run: Stretch, optimizer: str, updates: list[Progress], losses: list[float]
) -> Iterator[Judgement]:
    """Give a likelihood that is made small, and a loss that has fallen a millionfold."""
    graph = _find_likelihood(run, optimizer)
    found = _find(updates, losses, _GROWTH) if graph is None or losses[0] >= 0 else None
    if graph is not None and losses[0] < 0 and _find(updates, losses, _LIKELY):
        yield RULE.found(
            f"the loss is the logarithm of a likelihood, and fell from {losses[0]:.3g} to "
            f"{losses[-1]:.3g}: what is right is made improbable",
            "put a minus before it: its negative is the loss",
            run.update_at(graph, optimizer),
            graph.where,
            (),
            optimizer,
            first_loss=losses[0],
            last_loss=losses[-1],
        )
    if found is not None:
        yield RULE.found(
            f"the loss fell from {losses[0]:.3g} to {losses[-1]:.3g}, and nothing keeps it "
            "from falling on",
            "find the term of the loss that has no lower end: a divergence, a likelihood or a "
            "distance with the wrong sign",
            found.number,
            found.where,
            (),
            optimizer,
            first_loss=losses[0],
            last_loss=losses[-1],
        )


def _find_signed(run: Stretch, optimizer: str, losses: list[float]) -> GraphSeen | None:
    """Return the first graph, if all add up differences with their signs, and fall below zero."""
    whole = list(stepped_graphs(run, optimizer))
    if not whole or not all(graph.signed_differences for graph in whole):
        return None
    is_below = len(losses) >= _FEW and sum(loss < 0 for loss in losses) >= len(losses) / 2
    return whole[0] if is_below else None


def _of_signed(run: Stretch, optimizer: str, graph: GraphSeen, losses: list[float]) -> Judgement:
    return RULE.found(
        f"the loss adds up differences with their signs, and fell from {losses[0]:.3g} to "
        f"{losses[-1]:.3g}: what is too low makes it smaller",
        "take their squares, or their absolute values, before the mean: (output - target).pow(2)",
        run.update_at(graph, optimizer),
        line_of(run, graph, "signed_differences"),
        (),
        optimizer,
        first_loss=losses[0],
        last_loss=losses[-1],
    )


def _find_likelihood(run: Stretch, optimizer: str) -> GraphSeen | None:
    """Return the first graph, if all losses are likelihoods, and one optimizer makes them small.

    A likelihood that now and then has a minus, as one that is weighed by rewards, is none of these.
    """
    groups = [group for each in run.optimizers.values() for group in each.groups]
    if optimizers_of(run) != [optimizer] or any(each.options.get("maximize") for each in groups):
        return None
    whole = [graph for graph in run.of(GraphSeen) if graph.is_whole]
    return whole[0] if whole and all(graph.falling_likelihoods for graph in whole) else None


def _find(updates: list[Progress], losses: list[float], growth: float) -> Progress | None:
    """Return the update at which a loss that falls without end is beyond its limit."""
    limit = -growth * max(1.0, *map(abs, losses[:_FIRST]))
    third = len(losses) // 3
    thirds = [losses[:third], losses[third:-third], losses[-third:]]
    falls = all(after < before for before, after in pairwise(map(median, thirds)))
    if losses[-1] > limit or not falls:
        return None
    return next(each for each in updates if each.loss is not None and each.loss <= limit)


RULE = Rule("BT473", "loss-without-end", "warning", check, __doc__, needs=(FIRST_STEPS,))
