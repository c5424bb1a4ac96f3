"""A method that a framework is to call has another name than the framework's: it never runs.

## What it sees
In the source of a file with the trainer: a method of a LightningModule, a LightningDataModule, a
callback, or a Trainer of transformers, that nothing in the file calls, whose name is one letter, or
another word for the same, away from one that the installed class has, and of which the file has no
other. Data that is handed to `fit` or `test` itself is not asked for.

## Why it matters
A framework calls methods by their names, and passes over those that it does not know, without an
error: the validation is skipped, no checkpoint is the best one, or an own loss is not used.

## Example
    class Digits(LightningDataModule):
        def valid_dataloader(self):
            return DataLoader(self.held_out, batch_size=64)

## Instead
    class Digits(LightningDataModule):
        def val_dataloader(self):
            return DataLoader(self.held_out, batch_size=64)

## When it is intended
A method that is called from another file.

## Source
github.com/optuna/optuna-examples, issue 49 ("validation_step not called").
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each method that the framework does not know."""
    for slip in run.of(SlipSeen):
        if slip.kind == "hook-misnamed":
            yield RULE.found(
                f"nothing calls {slip.name}: the framework calls {slip.beside}, of which there is "
                "none here",
                f"call the method {slip.beside}",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT607", "hook-misnamed", "warning", check, __doc__, needs=(FACTS,))
