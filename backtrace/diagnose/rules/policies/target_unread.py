"""A target network's value of what follows is computed, and the target is made without it.

## What it sees
In the source of a file that calls a model: what a network that is called a target says is given to
a name that nothing reads, in a function that adds a discounted value to rewards. Or a branch on
double Q-learning reads it, and the other takes the best of what the trained network says.

## Why it matters
A target network is there so that a value is not chased by its own change. Made of the network that
is trained, the target moves with each step: values run away, or swing and never settle.

## Example
    next_value = target_net(next_state).max(1).values
    target = reward + gamma * net(next_state).max(1).values

## Instead
    next_value = target_net(next_state).max(1).values
    target = reward + gamma * next_value

## When it is intended
Where a network of that name is kept for something else, and its value was to be looked at once.

## Source
github.com/facebookresearch/ReAgent, issue 88; Mnih et al., "Human-level control through deep
reinforcement learning", 2015.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such value."""
    for slip in run.of(SlipSeen):
        if slip.kind == "target-unread":
            is_best = slip.name.endswith(".max()")
            told = (
                f"without double Q-learning the value of what follows is {slip.name}, of the "
                f"network that is trained, and {slip.beside} is not used"
                if is_best
                else f"{slip.beside}, what {slip.name} says, is computed and not used: the value "
                "of what follows comes from somewhere else"
            )
            yield RULE.found(
                told,
                f"make the target of {slip.beside}",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT606", "target-unread", "warning", check, __doc__, needs=(FACTS,))
