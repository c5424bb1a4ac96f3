"""A classifier of transformers' with one label learns two classes as the numbers 0 and 1.

## What it sees
In the source, `num_labels=1` for a `…ForSequenceClassification` of transformers' or the like, and
no `problem_type` anywhere; in a run that trains by `mse_loss` on targets that are whole numbers by
their type, and none of them another than 0 and 1.

## Why it matters
One label is a regression for transformers: the loss is a squared error, where a cross entropy was
meant. What the model says is a number near 0 or 1, not a logit: a sigmoid of it is above a half
nearly always, and so is its sign above zero.

## Example
    BertForSequenceClassification.from_pretrained(name, num_labels=1)

## Instead
    BertForSequenceClassification.from_pretrained(name, num_labels=2)

## When it is intended
Where two classes are to be learned as numbers, and are told apart at a half.

## Source
BertForSequenceClassification, transformers' documentation, `labels`: with `num_labels` 1 a
regression loss is computed; github.com/huggingface/transformers, pull request 11012: where
`problem_type` came from.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import SlipSeen

_CLASSES = {0.0, 1.0}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give such a label, where what it was trained on are two classes."""
    slips = [each for each in run.of(SlipSeen) if each.kind == "one-label"]
    if not slips:
        return
    calls = [
        call
        for (_, function), each in trained_losses(run).items()
        for call in each
        if function == "mse_loss" and call.target_min is not None
    ]
    if calls and all(_is_of_classes(each) for each in calls) and _ends(calls) == _CLASSES:
        yield RULE.found(
            "num_labels=1 makes this a regression: the classes 0 and 1 are learned as numbers, "
            "by a squared error",
            "give num_labels=2",
            run.update_at(calls[0]),
            slips[0].where,
        )


def _is_of_classes(call: LossCalled) -> bool:
    is_whole = call.target_dtype.startswith(("int", "uint", "bool"))
    return is_whole and {call.target_min, call.target_max} <= _CLASSES


def _ends(calls: list[LossCalled]) -> set[float | None]:
    return {end for each in calls for end in (each.target_min, each.target_max)}


RULE = Rule("BT596", "classes-as-numbers", "warning", check, __doc__, needs=(FACTS,))
