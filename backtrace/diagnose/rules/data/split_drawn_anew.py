"""A LightningDataModule splits its rows anew for the test: the test set holds trained rows.

## What it sees
In the source of a file that calls a model, a LightningDataModule whose `setup` always splits off
the test set by `random_split` or `train_test_split`, with no seed of its own; and a trainer that
fits with the module and tests with it, with no seed set in between.

## Why it matters
`trainer.fit` calls `setup`, and `trainer.test` calls it again. The generator has gone on, so the
second split is another one: most of its test rows were trained on. The score of the test is better
than the truth, and nothing looks wrong.

## Example
    def setup(self, stage=None):
        self.train_set, self.val_set, self.test_set = random_split(self.data, [600, 150, 250])

## Instead
    def setup(self, stage=None):
        if self.test_set is None:
            self.train_set, self.val_set, self.test_set = random_split(self.data, [600, 150, 250])

Or a `generator=torch.Generator().manual_seed(42)`, which draws the same split in each process, too.

## When it is intended
Where another object of the module is to be tested on rows of its own.

## Source
github.com/ashleve/lightning-hydra-template, issue 184; github.com/Lightning-AI/pytorch-lightning,
issue 9865.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such split."""
    for slip in run.of(SlipSeen):
        if slip.kind == "redrawn-split":
            yield RULE.found(
                f"setup draws {slip.name} anew for the test in line {slip.beside}: rows that were "
                "trained on are in the test set",
                "split once: only where setup has not done so yet, or with a generator seeded here",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT589", "split-drawn-anew", "warning", check, __doc__, needs=(FACTS,))
