"""A Lightning Trainer fits again after its last epoch: this fit trains nothing.

## What it sees
In the source of a file that calls a model, a Trainer with `max_epochs` or `max_steps` that is made
once, and whose `fit` comes in a loop around it or a second time with other arguments; where the
file sets no limit anew, does not reach into `fit_loop`, and hands the fit no `ckpt_path`.

## Why it matters
A Trainer counts its epochs over all its fits. The first ends at `max_epochs`, so that the next
returns at once, without an error: the second model, or that of each later fold, stays as it was
made, and is tested so. Where the first fit was stopped early, the next has what is left of it.

## Example
    trainer = Trainer(max_epochs=10)
    for train_loader, val_loader in folds:
        model = Net()
        trainer.fit(model, train_loader, val_loader)

## Instead
    for train_loader, val_loader in folds:
        model = Net()
        trainer = Trainer(max_epochs=10)
        trainer.fit(model, train_loader, val_loader)

Its callbacks are to be new ones as well: they keep their best scores.

## When it is intended
Where what is fitted again shall not train.

## Source
github.com/Lightning-AI/pytorch-lightning, issue 12789, "Fitting only works the first time", and
issue 9636.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each fit that comes too late."""
    for slip in run.of(SlipSeen):
        if slip.kind == "spent-trainer":
            counted = slip.beside.removeprefix("max_")
            yield RULE.found(
                f"{slip.name} counts its {counted} over all its fits: as soon as {slip.beside} is "
                "reached, this fit trains nothing",
                "make a new Trainer, with new callbacks, for each fit",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT586", "trainer-spent", "warning", check, __doc__, needs=(FACTS,))
