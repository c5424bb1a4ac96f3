"""The loss is taken of all rows, those that are held out for the test among them.

## What it sees
In the source, a loss that goes backward and is given targets whole (`labels`), of which the same
file takes rows by a mask for the test or the validation (`labels[test_mask]`), or hands both to a
function that does.

## Why it matters
The model is trained on the answers that it is tested with. The accuracy on the held-out rows says
how well it remembers, and nothing of new ones.

## Example
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    accuracy = (logits[test_mask].argmax(1) == labels[test_mask]).float().mean()

## Instead
    loss = F.cross_entropy(logits[train_mask], labels[train_mask])
    loss.backward()
    accuracy = (logits[test_mask].argmax(1) == labels[test_mask]).float().mean()

## When it is intended
Where what is held out is another part of the same rows, that the loss does not see.

## Source
github.com/waittim/graph-fraud-detection, issue 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such loss."""
    for event in run.of(SlipSeen):
        if event.kind == "held-out":
            yield RULE.found(
                f"the loss is taken of all of {event.name}, those of {event.beside} among them: "
                "what is held out is trained on",
                "give the loss the outputs and targets of the training alone: "
                f"{event.name}[train_mask]",
                run.update_at(event),
                event.where,
                written=event.beside,
            )


RULE = Rule("BT489", "held-out-in-loss", "warning", check, __doc__, needs=(FACTS,))
