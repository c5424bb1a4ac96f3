"""The value after n steps is discounted as after one: it counts for more than it is worth.

## What it sees
In the source of a file that calls a model: a buffer of as many steps as a number above 1 says
(`n_steps`, `multi_step`) is summed to one reward, each step's discounted once more, and a target
adds to such a reward the next value times the discount itself. No power of the discount stands in
the file but those of the sum.

## Why it matters
The value is that of a state n steps later. Discounted once, it counts for more than it is worth:
what comes late is preferred, and values rise above what can be earned.

## Example
    target = n_step_reward + gamma * mask * next_value

## Instead
    target = n_step_reward + gamma ** n_steps * mask * next_value

## When it is intended
Where one memory keeps single steps and another keeps sums, and the target is of the first.

## Source
github.com/qfettes/DeepRL-Tutorials, issue 1: quantile regression and Rainbow with three steps.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such target."""
    for slip in run.of(SlipSeen):
        if slip.kind == "once-discounted":
            yield RULE.found(
                f"{slip.name} is discounted once, beside a reward that is the sum of several "
                f"steps: it is to be {slip.beside}",
                "discount the value after n steps n times: reward + gamma ** n * mask * next_value",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT575", "discounted-once", "warning", check, __doc__, needs=(FACTS,))
