"""The ratio of PPO is multiplied by the advantage before it is clipped, and not after.

## What it sees
In the source of a file that calls a model: `clamp` or `clip` between `1 - epsilon` and
`1 + epsilon`, or two numbers below and above 1, of a product of two. One is called a ratio or is an
exponential, the other is called an advantage.

## Why it matters
It is the ratio of the new probability to the old one that is near 1. Its product with an advantage
is of any size and sign: nearly all of it lies outside of the bounds, where it has no gradient, and
a negative advantage is put to `1 - epsilon`. What holds a policy near the one that acted is gone or
holds the wrong rows, and its deviation grows.

## Example
    surr1 = ratio * advantage
    surr2 = surr1.clamp(1 - epsilon, 1 + epsilon) * advantage
    loss = -torch.min(surr1, surr2).mean()

## Instead
    surr1 = ratio * advantage
    surr2 = ratio.clamp(1 - epsilon, 1 + epsilon) * advantage
    loss = -torch.min(surr1, surr2).mean()

## When it is intended
No form of the objective clips the product to bounds around 1; those that clip it have bounds that
are multiplied by the advantage, too, and nothing is said of them.

## Source
github.com/alexis-jacq/Pytorch-DPPO, issue 3; Schulman et al., "Proximal Policy Optimization
Algorithms", 2017, equation 7.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such clip."""
    for event in run.of(SlipSeen):
        if event.kind == "surrogate-clipped":
            yield RULE.found(
                f"what is clipped around 1 is {event.name} times {event.beside}: the bounds are "
                "those of the ratio alone",
                f"clip {event.name}, and multiply by {event.beside} afterwards",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT613", "surrogate-clipped", "warning", check, __doc__, needs=(FACTS,))
