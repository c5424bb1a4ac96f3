"""The discount of what follows, or the mask of an end, is added to its value: it multiplies none.

## What it sees
In the source of a file that calls a model: a sum of a reward, a product of a discount and of what
says where an episode ends, and the value of the next state, such as `r + gamma * mask + v`; or a
discount times the sum of such a mask and a value.

## Why it matters
The value of the next state counts in full, discounted by nothing and at the end of an episode too.
Each target is above the value that it is made of, and so the values grow for as long as training
goes on.

## Example
    target = reward + gamma * mask + next_value

## Instead
    target = reward + gamma * mask * next_value

## When it is intended
Where a bonus for each step that is not the last is part of the reward: give the reward with it a
name of its own.

## Source
github.com/ikostrikov/pytorch-ddpg-naf, issue 16 and pull request 11: the target of NAF.
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
        if slip.kind == "discount-added":
            yield RULE.found(
                f"{slip.name} is added to {slip.beside}, which is to be multiplied by it: the "
                "values of next states count in full, and grow",
                "multiply what follows by both: reward + gamma * mask * next_value",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT569", "discount-added", "warning", check, __doc__, needs=(FACTS,))
