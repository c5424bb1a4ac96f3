"""The best model is chosen, or patience is counted, by the output for one training batch.

## What it sees
In the source of a file that imports ignite: a Checkpoint, ModelCheckpoint or EarlyStopping whose
`score_function` reads `state.output` of an engine that trains (`create_supervised_trainer`, or an
Engine whose step goes backward), and no metrics. Files in which an epoch has a length of its own,
or is one batch, or that write an output themselves, are left out.

## Why it matters
A trainer's output is what its step returned for the last batch. The best of many such losses is
that of an easy batch, and says nothing of the epoch, nor of rows that were not trained on.

## Example
    best = Checkpoint(to_save, saver, score_function=lambda engine: -engine.state.output)
    trainer.add_event_handler(Events.EPOCH_COMPLETED, best)

## Instead
    best = Checkpoint(to_save, saver, score_function=lambda engine: -engine.state.metrics["loss"])
    evaluator.add_event_handler(Events.COMPLETED, best)  # runs on validation data after each epoch

## When it is intended
Where the step returns something that is no batch's own, such as a running mean: keep it as a
metric (`RunningAverage`), and read `state.metrics`.

## Source
github.com/pytorch/ignite, issue 677: models are saved by the last minibatch.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each handler that is told such a score."""
    for slip in run.of(SlipSeen):
        if slip.kind == "batch-scored":
            yield RULE.found(
                f"{slip.name} takes its score from {slip.beside}.state.output, which is what the "
                "step returned for the last batch that was trained on",
                "add it to an evaluator that runs on validation data after each epoch, and take "
                "the score from engine.state.metrics",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT578", "chosen-on-one-batch", "warning", check, __doc__, needs=(FACTS,))
