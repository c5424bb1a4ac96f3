"""A list is filled in a loop and never read: the last of its items is taken for all of them.

## What it sees
In the source, a loop that appends to several lists, one of which is read nowhere, while behind the
loop the variable that it was filled with is taken: made a tensor as the other lists are, for the
same batch; added to what is summed of another list, or multiplied by it; or compared by a loss with
all of another. Not where the variable has a value before the loop as well, as a state that is
carried on has, nor where it is taken as the last by its name.

## Why it matters
A batch has all rows of one thing and the last row of another, which broadcasts against them, or
counts as the next state, the advantage or the label of each. Nothing fails, and what is learned is
of the last row.

## Example
    for state, reward, next_state in transitions:
        states.append(state)
        rewards.append(reward)
        next_states.append(next_state)
    return torch.tensor(states), torch.tensor(rewards), torch.tensor(next_state)

## Instead
    return torch.tensor(states), torch.tensor(rewards), torch.tensor(next_states)

## When it is intended
Where the last is meant, as the state that a value is bootstrapped from: call it so (`last_state`),
or leave out the list that nothing reads.

## Source
github.com/seungeunrho/minimalRL, issue 7; a loop's variable keeps its last value (Python language
reference, 8.3).
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such line."""
    for slip in run.of(SlipSeen):
        if slip.kind == "item-for-list":
            yield RULE.found(
                f"{slip.name} is filled in the loop and read nowhere, and {slip.beside} stands for "
                "it here: the last item is taken for all of them",
                f"take {slip.name} in place of {slip.beside}",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT413", "last-for-all", "warning", check, __doc__, needs=(FACTS,))
