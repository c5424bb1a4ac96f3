"""The weight of a term is added to its loss: it multiplies none, and changes no gradient.

## What it sees
In the source of a file that calls a model: a sum that is a loss, with a term that is a number by
everything that the file gives it and a weight by its name (`weight`, `lambda`, `alpha`, `beta`,
`coef`), beside a loss that has no weight of its own.

## Why it matters
A number that is added has no gradient. The term that it was for counts in full, whatever the weight
is, and the loss that is printed is above what is trained by that number. Where the weight was to be
small, its term outweighs the others.

## Example
    loss = reconstruction + beta + kl

## Instead
    loss = reconstruction + beta * kl

## When it is intended
A margin, a level that a loss is kept above and a number that keeps a logarithm finite are added by
right: a name of that kind is left alone, and so are sums in which something is taken away and those
that a function such as `relu` or `log` bends.

## Source
github.com/neuraloperator/neuraloperator, pull request 619: the loss of the Poisson equation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such sum."""
    for slip in run.of(SlipSeen):
        if slip.kind == "weight-added":
            yield RULE.found(
                f"the number {slip.name} is added to {slip.beside}, and has no gradient: the loss "
                "counts in full, whatever its weight is",
                f"multiply the loss by its weight: {slip.name} * {slip.beside}",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT574", "weight-added", "warning", check, __doc__, needs=(FACTS,))
