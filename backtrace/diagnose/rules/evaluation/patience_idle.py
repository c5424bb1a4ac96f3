"""Training stops at the first score that is not better: its patience has no effect.

## What it sees
In the source of a file that trains, a `break` or `return` that ends the block of an `if` which
asks a counter for its patience, beside it and not inside of it, in the loop whose turns are
counted. Or a flag that is to stop the loop, set there; or a `break` right behind the counting,
where the counter is asked elsewhere in the loop.

## Why it matters
One score that happens to be a little worse ends the training, mostly after a few epochs. The
message of an early stop is not printed, and the patience that was given is never waited for.

## Example
    else:
        waited += 1
        if waited > patience:
            print("early stop")
        break

## Instead
    else:
        waited += 1
        if waited > patience:
            print("early stop")
            break

## When it is intended
Where the first score that is not better is to end the training, nothing need be counted.

## Source
github.com/vocalpy/vak, issue 151.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such stop."""
    for event in run.of(SlipSeen):
        if event.kind == "idle-patience":
            yield RULE.found(
                f"{event.name} comes whether or not {event.beside}: what is counted has no effect",
                f"indent {event.name} further, so that it stands inside of the if that asks "
                f"{event.beside}",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT534", "patience-idle", "warning", check, __doc__, needs=(FACTS,))
