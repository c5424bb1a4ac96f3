"""What a resumed run is to skip once, it skips in every epoch: batches are left out for good.

## What it sees
In the source of a file that calls a model, Accelerate's `skip_first_batches` in a loop over epochs
in which nothing that decides on it changes: no comparison of the epoch, no count that is set back.
Or in front of such a loop, which goes through what it gave in each epoch.

## Why it matters
The batches that the broken-off epoch had already seen are to be skipped in this epoch alone. Left
in place, each later epoch is as much too short: it has fewer updates, a schedule that counts them
does not reach its end, and where the order is fixed these rows are never seen again.

## Example
    for epoch in range(starting_epoch, epochs):
        if resume_step:
            batches = accelerator.skip_first_batches(loader, resume_step)
        else:
            batches = loader
        for batch in batches:
            train(batch)

## Instead
    for epoch in range(starting_epoch, epochs):
        if resume_step and epoch == starting_epoch:
            batches = accelerator.skip_first_batches(loader, resume_step)
        else:
            batches = loader
        for batch in batches:
            train(batch)

## When it is intended
Where the first batches are held out of all training.

## Source
github.com/allenai/open-instruct, pull request 681; github.com/huggingface/accelerate, issue 1451.
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
        if slip.kind == "skipped-each-epoch":
            yield RULE.found(
                f"every epoch of the loop in line {slip.beside} goes without its first batches "
                f"({slip.name}), not the resumed one alone",
                "skip in the resumed epoch alone: if epoch == starting_epoch",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT588", "skipped-each-epoch", "warning", check, __doc__, needs=(FACTS,))
