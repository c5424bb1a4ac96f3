"""The value of the best action is held against what came of the action that was taken.

## What it sees
In the source of a file that calls a model: a loss that compares `net(states).max(1)`, or `amax`,
with what is made of rewards and a discount, where neither the states are named as those that follow
nor the network as one for targets, and there are actions beside them.

## Why it matters
A reward says what one action was worth: the one that was taken. Here it is the best one's value
that is moved there, whichever was taken, so that after a bad move the good action is made worse,
and the values of all others are never learned.

## Example
    values = net(states).max(1).values
    loss = F.mse_loss(values, rewards + 0.99 * target_net(next_states).max(1).values)

## Instead
    values = net(states).gather(1, actions).squeeze(1)
    loss = F.mse_loss(values, rewards + 0.99 * target_net(next_states).max(1).values)

## When it is intended
Where the best action is always taken, and the network has not changed since.

## Source
V. Mnih and others, "Human-level control through deep reinforcement learning", 2015, algorithm 1;
"Reinforcement Learning (DQN) Tutorial", pytorch.org, which gathers the values of actions taken.
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
        if event.kind == "greedy":
            yield RULE.found(
                f"{event.name} is the value of the best action, and is held against "
                f"{event.beside}, which came of the action that was taken",
                "take the value of the action that was taken: .gather(1, actions)",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT553", "best-for-taken", "warning", check, __doc__, needs=(FACTS,))
