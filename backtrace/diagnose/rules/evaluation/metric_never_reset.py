"""A metric is computed in each epoch and never reset: it goes on with all epochs before.

## What it sees
In the source of a file that calls a model, a metric of torchmetrics that is made once, computed by
hand in each epoch, and neither reset nor handed to anything that could reset it; in a run that
evaluates, or goes through a loader, more than once. Or one metric of a module that `training_step`
and `validation_step` both update, and whose state is logged or computed in validation, with no
reset that comes between, under one name or under several (`self.val_acc = self.train_acc`); in a
run that evaluates after a step, or goes through two loaders.
Or a list or an AverageMeter of an evaluation's values that is begun before the loop over epochs, or
where a module is made or its fit starts, and only added to: its mean is told in each epoch. Or two
counts, of right answers and of rows, that are begun there, and whose share is told in each epoch.

## Why it matters
What is called the accuracy of an epoch is the mean over all epochs so far, and over Lightning's
check before training. It lags behind: the model gets better faster than it says, a best epoch is
chosen too late, and a model that gets worse is not seen to. Lightning validates before a training
epoch ends: with one metric for both, the validation is told with the rows that were trained on.

## Example
    def on_validation_epoch_end(self):
        self.log("valid_acc", self.valid_acc.compute())

## Instead
    def on_validation_epoch_end(self):
        self.log("valid_acc", self.valid_acc.compute())
        self.valid_acc.reset()

Or hand Lightning the metric itself, which it resets: `self.log("valid_acc", self.valid_acc)`. Each
kind of steps needs a metric of its own.

## When it is intended
A mean over the whole training is wanted.

## Source
github.com/Lightning-AI/torchmetrics, issue 269; torchmetrics, "TorchMetrics in PyTorch Lightning";
github.com/Lightning-AI/pytorch-lightning, issue 20179; github.com/mehta-lab/VisCy, pull request
202; github.com/MichiganCOG/ViP, issue 34; github.com/Genentech/gReLU, pull request 8;
github.com/Lightning-AI/torchmetrics, issue 637: one metric under two names.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such metric, where the run came to tell it."""
    census = run.census
    if census is None:
        return
    rounds = max((len(passes) for passes in census.batches.values()), default=0)
    for slip in census.slips:
        if slip.kind == "unreset" and (len(census.evaluations) >= 2 or rounds >= 2):
            yield RULE.found(
                f"{slip.name} is computed here again and again and never reset: it goes on with "
                "all that came before",
                f"call {slip.name}.reset() after this line",
                1,
                slip.where,
            )
        if slip.kind == "stale-mean" and (len(census.evaluations) >= 2 or rounds >= 2):
            yield RULE.found(
                f"{slip.name} is begun once and never emptied: its mean here is that of all "
                "epochs so far",
                f"begin {slip.name} anew in each epoch, before what adds to it",
                1,
                slip.where,
            )
        if slip.kind == "stale-share" and rounds >= 2:
            yield RULE.found(
                f"{slip.name} is the share of all epochs so far: both counts are begun once, "
                "before the loop over epochs",
                "begin both counts anew in each epoch, before the loop that adds to them",
                1,
                slip.where,
            )
        validates = max(census.evaluations, default=0) or len(census.batches) >= 2
        if slip.kind == "stages-mixed" and validates:
            yield _describe_mixed(slip)


def _describe_mixed(slip: SlipSeen) -> Judgement:
    if slip.beside:
        return RULE.found(
            f"{slip.beside} is the same metric as {slip.name}, which training steps and validation "
            "steps both update: what is told of validation has rows that were trained on",
            f"make a metric of its own for validation: {slip.name}.clone()",
            1,
            slip.where,
        )
    return RULE.found(
        f"{slip.name} is updated in training steps and in validation steps: what is told "
        "of validation here has rows that were trained on",
        "make two metrics: one that training steps update, and one for validation steps",
        1,
        slip.where,
    )


RULE = Rule("BT476", "metric-never-reset", "warning", check, __doc__, needs=(CENSUS,))
