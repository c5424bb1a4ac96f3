"""One-hot labels of one class each make transformers train a yes or no for every class.

## What it sees
In the source, labels made by `one_hot(…)` as floats or by `eye(n)[…]`, for a transformers
`…ForSequenceClassification` or the like, and no `problem_type` anywhere; in a run that trains by
`binary_cross_entropy_with_logits` on three classes or more.

## Why it matters
Where no `problem_type` is given, the model goes by the labels: integers are a class, floats are
many labels of a row. Each class is then a question of its own, to which nearly all answers are no.
The loss is small from the start, and it takes long until the right class stands out.

## Example
    labels = F.one_hot(y, num_classes).float()
    model(input_ids=ids, labels=labels)

## Instead
    model(input_ids=ids, labels=y)

Or `problem_type="multi_label_classification"`, where a row may have several labels.

## When it is intended
Where each class is to be a question of its own.

## Source
github.com/activetigger/activetigger, issue 1030; github.com/huggingface/transformers, issue 7571.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

_CLASSES = 3
_FUNCTION = "binary_cross_entropy_with_logits"


def check(run: Stretch) -> Iterator[Judgement]:
    """Give such labels, where the model took them for many."""
    slips = [each for each in run.of(SlipSeen) if each.kind == "one-hot-labels"]
    if not slips:
        return
    calls = [
        call
        for (_, function), each in trained_losses(run).items()
        for call in each
        if function == _FUNCTION
        and len(call.target_shape) == 2
        and call.target_shape[-1] >= _CLASSES
        and call.target_shape == call.input_shape
    ]
    if calls:
        yield RULE.found(
            f"{slips[0].name} makes labels of floats, and no problem_type says what they are: each "
            f"of the {calls[0].target_shape[-1]} classes is trained as a yes or no of its own",
            "give the model the numbers of the classes as labels, or say "
            'problem_type="multi_label_classification" if that is meant',
            run.update_at(calls[0]),
            slips[0].where,
            classes=calls[0].target_shape[-1],
        )


RULE = Rule("BT594", "one-hot-for-many-labels", "warning", check, __doc__, needs=(FACTS,))
