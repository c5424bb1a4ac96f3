"""What waits for a better score is told that of the training data as well.

## What it sees
In the source of a file that trains, an EarlyStopping of ignite's, or a Checkpoint with a
`score_function`, on an evaluator that a trainer runs in each epoch on two data sets: on one that is
called after training, and on one that is held out.

## Why it matters
The handler hears every run of its evaluator. What the model learns by heart counts as a better
score: the patience begins anew with each training score, and the stop comes late or never. A
checkpoint that is kept for its score is the one that remembers best.

## Example
    evaluator.add_event_handler(Events.COMPLETED, EarlyStopping(3, score_function=score, trainer=t))

    @trainer.on(Events.EPOCH_COMPLETED)
    def tell(engine):
        evaluator.run(train_loader)
        evaluator.run(val_loader)

## Instead
    evaluator.add_event_handler(Events.COMPLETED, EarlyStopping(3, score_function=score, trainer=t))

    @trainer.on(Events.EPOCH_COMPLETED)
    def tell(engine):
        train_evaluator.run(train_loader)
        evaluator.run(val_loader)

## When it is intended
Where the handler looks at which data it was run on, `engine.state.dataloader`, or is taken off in
between: silent. So it is where the training data is scored once, after the training.

## Source
github.com/pytorch/ignite, issue 445.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import finished
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such handler, of a run that takes steps."""
    for event in run.of(SlipSeen):
        if event.kind != "two-sets":
            continue
        firsts = [
            window.number
            for windows in run.windows_by_optimizer.values()
            for window, _ in islice(finished(windows), 1)
        ]
        if firsts:
            yield RULE.found(
                f"the handler is told each score of {event.name}, which is run on {event.beside} "
                "as well: what is learned by heart counts as a better score",
                f"run {event.beside} through an evaluator of its own, without this handler",
                min(firsts),
                event.where,
            )


RULE = Rule("BT566", "score-of-two-sets", "warning", check, __doc__)
