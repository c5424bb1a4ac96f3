"""The surrogate of PPO is clipped after the advantage, or averaged before the lesser is taken.

## What it sees
In the source of a file that calls a model: `clamp` or `clip` between `1 - epsilon` and
`1 + epsilon`, or two numbers below and above 1, of a product of two. One is called a ratio or is an
exponential, the other is called an advantage. And, where `min` or `max` is given two such products,
one with the ratio clipped: a `mean()` over all of one of them, or of the advantage in it.

## Why it matters
It is the ratio of the new probability to the old one that is near 1. Its product with an advantage
is of any size and sign: nearly all of it lies outside of the bounds, where it has no gradient, and
a negative advantage is put to `1 - epsilon`. What holds a policy near the one that acted is gone or
holds the wrong rows, and its deviation grows. A mean that is taken first has one number stand for
all rows: that of normalised advantages is zero, and the lesser of two means is no bound on a row.

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
are multiplied by the advantage, too, and nothing is said of them. Nor of a mean along an axis, or
of what one row of a loop has, which may be that of a sequence.

## Source
github.com/alexis-jacq/Pytorch-DPPO, issue 3; Schulman et al., "Proximal Policy Optimization
Algorithms", 2017, equation 7; github.com/Omegastick/pytorch-cpp-rl, issue 14.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such clip, and each such mean."""
    for event in run.of(SlipSeen):
        if event.kind == "surrogate-clipped":
            yield RULE.found(
                f"what is clipped around 1 is {event.name} times {event.beside}: the bounds are "
                "those of the ratio alone",
                f"clip {event.name}, and multiply by {event.beside} afterwards",
                run.update_at(event),
                event.where,
            )
        if event.kind == "surrogate-averaged":
            yield RULE.found(
                f"{event.name} is a mean that is taken before {event.beside}: one number for all "
                "rows stands where each has a surrogate of its own",
                "leave both surrogates one number for each row, and take the mean of their minimum",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT613", "surrogate-clipped", "warning", check, __doc__, needs=(FACTS,))
