"""A critic's target values a state together with an action that was chosen in another.

## What it sees
In the source of a file that calls a model: a call of a critic that is given a state and what a
policy does in the state that follows it, or the other way round, by their names (`state` and
`next_state`, `s` and `s_prime`), and whose result is discounted.

## Why it matters
The target is to say what a state that follows is worth: there, with what the policy does there.
With the state before it is the value of a pair that never occurs, and the one that is bootstrapped
hardly depends on what an action led to.

## Example
    next_action, next_log_prob = actor(next_state)
    target = reward + gamma * (critic(state, next_action) - alpha * next_log_prob)

## Instead
    next_action, next_log_prob = actor(next_state)
    target = reward + gamma * (critic(next_state, next_action) - alpha * next_log_prob)

## When it is intended
Other terms, as those of conservative Q-learning, value such pairs undiscounted: they are left
alone.

## Source
"Maybe a bug in SAC Implementation?", github.com/seungeunrho/minimalRL, issue 40;
github.com/microsoft/maro, pull request 413; github.com/cyoon1729/Policy-Gradient-Methods,
td3/td3.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such value."""
    for event in run.of(SlipSeen):
        if event.kind == "times-mixed":
            yield RULE.found(
                f"{event.name} is given an action that was chosen for {event.beside}: a state and "
                "an action of two times",
                "give it both of the time that follows: the next state and what the policy does "
                "there",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT559", "times-mixed", "warning", check, __doc__, needs=(FACTS,))
