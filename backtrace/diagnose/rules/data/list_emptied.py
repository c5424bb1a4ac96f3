"""A list or an array is kept and changed afterwards: what was kept is empty, or the next one's.

## What it sees
In the source: `kept.append(items)`, then `items.clear()` in the same function, or in another method
of the class, with no new list in between. Or the one environment of a file, whose `step` writes to
an array of its own and returns it, `return self.state, reward, done`, where a tuple or a list keeps
what was returned.

## Why it matters
A list is handed on as it is, not copied. Emptying it empties what was kept, and what is added to it
next stands in every place that keeps it: a replay buffer holds the last episode many times over,
and a model is trained on it alone. Where a state is an environment's own array, every state of an
episode is its last, and each is the same as the one after it.

## Example
    self.replay.append(self.trajectory)
    ...
    self.trajectory.clear()

## Instead
    self.replay.append(self.trajectory)
    ...
    self.trajectory = []

`return self.state.copy(), reward, done` in an environment; `clone()` of a tensor.

## When it is intended
Where what keeps the list has been used up before.

## Source
"Replay buffer is storing multiple copies of the most recent episode",
github.com/Itomigna2/Muesli-lunarlander, issue 1; "Returned observations will be mutated when the
environment steps", github.com/google-deepmind/dm_control, issue 34.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import ListEmptied, SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each list that is emptied where it is kept, and each array that is lent."""
    for event in run.of(ListEmptied):
        yield RULE.found(
            f"{event.name} is emptied, and with it what {event.holder} was given at line "
            f"{event.kept_at}: it is the same list",
            f"begin a new list, {event.name} = [], or keep a copy: "
            f"{event.holder}.append(list({event.name}))",
            run.update_at(event),
            event.where,
        )
    for slip in run.of(SlipSeen):
        if slip.kind == "lent":
            yield RULE.found(
                f"step() returns {slip.name} itself and writes over it, and {slip.beside} keeps "
                "what was returned: it is one array, which changes in every place that keeps it",
                f"return a copy: {slip.name}.copy(), or {slip.name}.clone() of a tensor",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT458", "list-emptied", "warning", check, __doc__, needs=(FACTS,))
