"""The targets are the tokens after the next: they were shifted twice.

## What it sees
In each loss that was compared with the ids before it, the target at every place is the id two
places on, and never the next. Losses of one class for each row are passed over.

## Why it matters
The model learns to leave out a token: the loss falls, slower, and what it writes is wrong at every
other word.

## Example
    batch = {"input_ids": ids[:-1], "labels": ids[1:]}
    loss = model(**batch).loss  # which compares logits[:, :-1] with labels[:, 1:]

## Instead
    batch = {"input_ids": ids, "labels": ids}
    loss = model(**batch).loss

## When it is intended
Where further heads predict the tokens after the next beside the one that predicts the next: then
both are seen, and nothing is said.

## Source
"Causal language modeling", Transformers documentation: the labels are shifted inside the model;
github.com/huggingface/transformers, pull request 562.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the line of such a loss."""
    losses = list(run.of(LossCalled))
    far = [loss for loss in losses if loss.is_after_next]
    if far and not any(loss.is_next for loss in losses):
        yield RULE.found(
            f"the targets of {far[0].function} are the input's tokens two places on: each was "
            "shifted twice, and the model learns to leave out a token",
            "shift once: in the data, or in the loss",
            run.update_at(far[0]),
            far[0].where,
            losses_looked_at=len(far),
        )


RULE = Rule("BT425", "token-left-out", "warning", check, __doc__, needs=(FACTS,), told=("labels",))
