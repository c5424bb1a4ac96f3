"""A loop over batches returns in its first turn: only one batch is trained on.

## What it sees
In the source of a file that trains, a `for` loop with `backward()` and `step()` whose body ends
with a `return` of what the loop adds up, under no condition.

## Why it matters
Of each epoch only the first batch is trained on, and nothing is said: the loss falls, if the data
are shuffled, as slowly as with so many times fewer steps. Mostly the line is indented too far.

## Example
    for x, y in loader:
        ...
        optimizer.step()
        losses.update(loss.item())
        return losses.avg

## Instead
    for x, y in loader:
        ...
        optimizer.step()
        losses.update(loss.item())
    return losses.avg

## When it is intended
A trial of one batch, to see whether the loop runs at all.

## Source
"fix train in main.py", github.com/facebookresearch/deepcluster, pull request 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such loop of a file in which something went backward above its end."""
    seen: set[str] = set()
    for event in run.of(SlipSeen):
        if event.kind != "left" or event.where in seen:
            continue
        seen.add(event.where)
        if any(_is_above(backward.where, event.where) for backward in run.of(BackwardRan)):
            yield RULE.found(
                f"{event.name} ends the loop over {event.beside} in its first turn: only one "
                "batch is trained on",
                f"indent {event.name} less, so that it follows the loop",
                run.update_at(event),
                event.where,
            )


def _is_above(where: str, end: str) -> bool:
    file, _, line = where.rpartition(":")
    its_file, _, last = end.rpartition(":")
    return file == its_file and line.isdigit() and last.isdigit() and int(line) < int(last)


RULE = Rule("BT529", "loop-left-at-once", "warning", check, __doc__, needs=(FACTS,))
