"""A sum of advantages or returns goes on past an episode's end, where the next value is cut off.

## What it sees
In the source of a file that collects steps past the ends of episodes: a loop from the last step to
the first that carries a discounted sum on, as of generalized advantages or of lambda-returns, by
discounts alone, where what it adds, or the lines above that compute this, multiplies the next value
by a mask of ends.

## Why it matters
What the next episode earned is added to the last steps of the one before, which it has nothing to
do with: an action that ended an episode is praised for what came after the reset. Returns that are
made of such advantages grow beyond what can be earned, and the critic follows them.

## Example
    delta = rewards[t] + gamma * values[t + 1] * (1 - dones[t]) - values[t]
    gae = delta + gamma * lam * gae

## Instead
    delta = rewards[t] + gamma * values[t + 1] * (1 - dones[t]) - values[t]
    gae = delta + gamma * lam * (1 - dones[t]) * gae

## When it is intended
Where each loop goes over one episode, whose end is its last step.

## Source
"Fatal bug in implementation of GAE", github.com/vietnh1009/Super-mario-bros-PPO-pytorch, issue 21;
github.com/RITCHIEHuang/MAGAIL, issue 2; github.com/vwxyzjn/cleanrl, pull request 494.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

# What is 1 where an episode goes on, by a part of its name.
_GOES_ON = ("mask", "not", "nonterm")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such sum."""
    for event in run.of(SlipSeen):
        if event.kind == "past-end":
            is_on = any(each in event.beside.lower() for each in _GOES_ON)
            factor = event.beside if is_on else f"1 - {event.beside}"
            yield RULE.found(
                f"{event.name} is carried on past the ends of episodes: {event.beside} cuts off "
                "the value that follows, and not what was summed",
                f"multiply what is carried on by {factor}, too",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT558", "advantage-past-end", "warning", check, __doc__, needs=(FACTS,))
