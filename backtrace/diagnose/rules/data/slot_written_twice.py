"""One turn of a loop writes a slot of a buffer twice: the first value is lost.

## What it sees
In the source of a file that calls a model, a buffer made by a call such as `torch.zeros`, of which
each turn of a loop writes its own slot, `dones[step]`, in two lines, with another value in the
second, and nothing that reads the buffer in between. It is read behind the loop. A constant that is
written first is left alone.

## Why it matters
What is written before an environment's step is of the step before, and what is written after it of
this one. With the second write all of it moves by one place, and what reads the place after,
`dones[t + 1]`, cuts an episode one step early, and counts the state of the reset as what followed.

## Example
    dones[step] = next_done
    next_obs, reward, next_done = env.step(action)
    dones[step] = next_done

## Instead
    dones[step] = next_done
    next_obs, reward, next_done = env.step(action)

## When it is intended
Where the first value is there for something else that reads the same memory under another name.

## Source
github.com/RoboVerseOrg/RoboVerse, pull request 814: the second write shifts the buffer of ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each second write."""
    for slip in run.of(SlipSeen):
        if slip.kind == "slot":
            yield RULE.found(
                f"{slip.name} is written here and in line {slip.beside} of the same turn, and "
                "nothing reads it in between: the first value is lost",
                "keep one of the two: the write before the step tells of the state that it begins "
                "from, the one after it of the state that it leads to",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT544", "slot-written-twice", "warning", check, __doc__, needs=(FACTS,))
