"""A value is mixed with itself: it stays what it is, whatever the weights of the mixture are.

## What it sees
In the source of a file that calls a model: `a * x + (1 - a) * x` or `x + a * (x - x)`, `lerp` of a
value with itself, or `interp` between two ends that are one variable. What is called anew on either
side, such as a draw, is left out.

## Why it matters
What was to go from one value to another does not move: a rate that should fall stays, a weight that
should rise is what it will be at once, and images that should be mixed are not. No error is raised.

## Example
    done = iteration / iterations
    rate = done * first_rate + (1 - done) * first_rate

## Instead
    rate = done * last_rate + (1 - done) * first_rate

## When it is intended
Hardly: the value alone says the same.

## Source
github.com/learnables/learn2learn, issue 342: the meta learning rate is annealed to itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such mixture; that of an average of parameters is told as one of those."""
    slips = list(run.of(SlipSeen))
    told = {slip.where for slip in slips if slip.kind == "own-mix"}
    for slip in slips:
        if slip.kind == "mixed-with-itself" and slip.where not in told:
            yield RULE.found(
                f"{slip.name} is mixed with itself, which leaves it as it is: {slip.beside}",
                "mix it with the other value, or with the end that it should go to",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT584", "mixed-with-itself", "warning", check, __doc__, needs=(FACTS,))
