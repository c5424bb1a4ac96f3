"""Returns stand in the order of the last step first, add up what came before, or are not used.

## What it sees
In the source of a file that calls a model: a loop from the last reward to the first, which adds
them up and appends each sum to a list, and nothing in the file that turns that list round again; or
a `reverse()` of that list within the loop, which turns it round as often as there are rewards. Or a
loop from the first reward on that does the same, in a file with log-probabilities that turns
nothing else round, or that reads the value at the next step as well; or returns that nothing reads,
beside a product of log-probabilities and rewards.

## Why it matters
The first action meets the return of the last, and so on: each action is praised for what came of
another. The policy learns next to nothing, and nothing is raised. A sum from the first reward on
praises an action for what came before it, and a reward alone for nothing that comes after.

## Example
    for r in reversed(rewards):
        total = r + 0.99 * total
        returns.append(total)

## Instead
    for r in reversed(rewards):
        total = r + 0.99 * total
        returns.insert(0, total)

## When it is intended
Where log-probabilities are kept from the last step on, too.

## Source
pytorch/examples, reinforcement_learning/reinforce.py, which uses `appendleft`; "REINFORCE does not
learn", discuss.pytorch.org; github.com/udacity/deep-reinforcement-learning, issue 42.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such list."""
    for event in run.of(SlipSeen):
        if event.kind == "returns":
            yield RULE.found(
                f"{event.name} is filled from the last step on: its first is the return of the "
                "last",
                f"write {event.name}.insert(0, {event.beside}), or {event.name}.reverse() after "
                "the loop",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "reversed-each-turn":
            yield RULE.found(
                f"{event.name} is turned round in each turn of the loop that fills it: its returns "
                "stand in no order",
                f"turn it round once: move {event.name}.reverse() after the loop",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "forward-returns":
            yield RULE.found(
                f"{event.name} adds up the rewards from the first on: each is what came up to its "
                "step, and not what follows it",
                f"go through the rewards from the last to the first, and {event.name}.insert(0, "
                f"{event.beside})",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "unread-returns":
            yield RULE.found(
                f"{event.name} is computed and never read, and the loss has {event.beside}: an "
                "action is praised for its own reward alone",
                f"put {event.name} in the place of the rewards",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT465", "returns-turned-round", "warning", check, __doc__, needs=(FACTS,))
