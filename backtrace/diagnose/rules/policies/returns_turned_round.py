"""Returns stand in the order of the last step first, add up what came before, or are not used.

## What it sees
In the source of a file that calls a model: a loop from the last reward to the first, which adds
them up and appends each sum to a list, and nothing in the file that turns that list round again; or
a `reverse()` of that list within the loop, which turns it round as often as there are rewards. Or a
loop from the first reward on that does the same, in a file with log-probabilities that turns
nothing else round, or that reads the value at the next step as well; or returns that nothing reads,
beside a product of log-probabilities and rewards; or rewards that are multiplied each with
`gamma ** step`, in a file that adds up nothing from its end.

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

_SAID = {
    "returns": "{name} is filled from the last step on: its first is the return of the last",
    "reversed-each-turn": "{name} is turned round in each turn of the loop that fills it: its "
    "returns stand in no order",
    "forward-returns": "{name} adds up the rewards from the first on: each is what came up to its "
    "step, and not what follows it",
    "unsummed-returns": "{name} is one reward, discounted: none is added to what follows it, and "
    "an action is praised for its own reward alone",
    "unread-returns": "{name} is computed and never read, and the loss has {beside}: an action is "
    "praised for its own reward alone",
}
_FIXES = {
    "returns": "write {name}.insert(0, {beside}), or {name}.reverse() after the loop",
    "reversed-each-turn": "turn it round once: move {name}.reverse() after the loop",
    "forward-returns": "go through the rewards from the last to the first, and {name}.insert(0, "
    "{beside})",
    "unsummed-returns": "add them up from the last to the first: total = reward + gamma * total",
    "unread-returns": "put {name} in the place of the rewards",
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such list."""
    for event in run.of(SlipSeen):
        if event.kind in _SAID:
            yield RULE.found(
                _SAID[event.kind].format(name=event.name, beside=event.beside),
                _FIXES[event.kind].format(name=event.name, beside=event.beside),
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT465", "returns-turned-round", "warning", check, __doc__, needs=(FACTS,))
