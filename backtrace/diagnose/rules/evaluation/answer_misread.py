"""Answers are read from a raw output as if it were probabilities, or several classes.

## What it sees
In the source of a file that calls a loss on what a model returns, that the same model's result is
held against 0.5 or rounded, as it came, where that loss is `binary_cross_entropy_with_logits`; or
that the place of its greatest column is taken, where the loss was given one number a row; or that
`argmax()` of what a loss was given, without an axis, is compared with the targets, where that has
several rows; or that the predictions of transformers' Trainer are held against 0.5, in a file that
takes no sigmoid, and all of the run's losses are of that one kind. A model that asks for its mode,
and may answer otherwise in evaluation, is left out.

## Why it matters
A logit of 0.5 is a probability of 0.62, and one of 0 is a half: rows between are counted as
negative, though the model says positive. Of one column the greatest is always the first: whatever
the model says, class 0 is counted. Without an axis, argmax gives one place in the whole table. The
loss falls, and the accuracy beside it says nothing of it.

## Example
    loss = nn.functional.binary_cross_entropy_with_logits(model(x), y)
    ...
    said = (model(x_val) > 0.5).float()

## Instead
    said = (model(x_val) > 0).float()

## When it is intended
A model that shall say positive only where it is surer than even.

## Source
torch.nn.BCEWithLogitsLoss, PyTorch documentation: it takes what comes before the sigmoid;
github.com/dr-costas/dnd-sed, issue 1; github.com/huggingface/transformers, pull request 26936;
stackoverflow.com, "Why does the loss decreases and the accuracy dosen't increases?".
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import SlipSeen

_KINDS = ("half", "greatest", "place-of-all")
_LOGITS = "binary_cross_entropy_with_logits"


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such line whose model's loss was called on logits, or on one number a row."""
    slips = [each for each in run.of(SlipSeen) if each.kind in _KINDS]
    calls: dict[str, list[LossCalled]] = {}
    for call in run.of(LossCalled) if slips else ():
        calls.setdefault(call.where, []).append(call)
    for slip in slips:
        beside = calls.get(f"{slip.where.rpartition(':')[0]}:{slip.beside}", [])
        if slip.kind == "half" and not slip.beside:
            beside = _all_in_file(slip, calls)
        if slip.kind == "half" and beside and all(call.function == _LOGITS for call in beside):
            yield RULE.found(
                f"{slip.name} is a logit, as the loss takes it, and is read as a probability here: "
                "0.5 of it is a probability of 0.62",
                "hold it against 0, or take its sigmoid first",
                run.update_at(slip),
                slip.where,
            )
        if slip.kind == "greatest" and beside and all(_is_one_column(call) for call in beside):
            yield RULE.found(
                f"{slip.name} has one column, the greatest of which is always the first: "
                "each row is counted as class 0",
                "hold the one number against 0, or its sigmoid against 0.5",
                run.update_at(slip),
                slip.where,
            )
        if slip.kind == "place-of-all" and beside and all(_is_table(call) for call in beside):
            yield RULE.found(
                f"argmax of {slip.name} without an axis is one place in all of its rows, and is "
                "compared with the target of each",
                f"take it of each row: {slip.name}.argmax(dim=1)",
                run.update_at(slip),
                slip.where,
            )


def _all_in_file(slip: SlipSeen, calls: dict[str, list[LossCalled]]) -> list[LossCalled]:
    """Return all calls of losses, where they are of the slip's file, or made from there.

    A loss that stands in another file is of a model that may answer with probabilities.
    """
    file = slip.where.rpartition(":")[0]
    is_here = all(where.rpartition(":")[0] == file for where in calls)
    return [call for each in calls.values() for call in each] if is_here else []


def _is_table(call: LossCalled) -> bool:
    """Whether a loss was given the scores of several rows."""
    return len(call.input_shape) == 2 and min(call.input_shape) > 1


def _is_one_column(call: LossCalled) -> bool:
    """Whether a loss was given one number a row."""
    return call.input_shape[1:] in ((), (1,)) and len(call.input_shape) > 0


RULE = Rule("BT536", "answer-misread", "warning", check, __doc__, needs=(FACTS,))
