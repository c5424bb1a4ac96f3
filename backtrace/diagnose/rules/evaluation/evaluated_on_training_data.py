"""An evaluation goes through the training data: the data that are held out are never read.

## What it sees
In the source, a loop that evaluates, without gradients or in evaluation mode, and goes through what
another loop trains on. A loader or data set that is called by the words of an evaluation
(`val_loader`, `test_dataset`) is tested to be there, the result is divided by its length, or the
loop adds up what is called so (`val_loss`); and nothing goes through it or is given it. Or a
trainer of Lightning, transformers or skorch is given one data set to train on and to be validated
on, and an early stop or the best checkpoint is chosen by that.

## Why it matters
The number that is told for new rows is that of rows that were learned. It grows with overfitting
and picks the checkpoint that knows the training data best.

## Example
    if val_loader is not None:
        model.eval()
        for inputs, targets in train_loader:
            total += criterion(model(inputs), targets).item()
        print(total / len(val_loader))

## Instead
    if val_loader is not None:
        model.eval()
        for inputs, targets in val_loader:
            total += criterion(model(inputs), targets).item()
        print(total / len(val_loader))

## When it is intended
Where the training data are measured on purpose: then call the result so, and divide it by their
own length.

## Source
github.com/alankbi/detecto, issue 37, mended in commit c055e5d.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such loop."""
    for event in run.of(SlipSeen):
        if event.kind == "unread-loader":
            yield RULE.found(
                f"this evaluation goes through {event.name}, which is trained on, and "
                f"{event.beside} is never gone through",
                f"go through {event.beside} here",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "validated-on-training":
            yield RULE.found(
                f"{event.name} is trained on and validated on: the best epoch is chosen by rows "
                "that were learned",
                "give other rows for the validation",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT563", "evaluated-on-training-data", "warning", check, __doc__, needs=(FACTS,))
