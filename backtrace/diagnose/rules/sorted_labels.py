"""Batches hold one class each: the data are sorted by label and not shuffled.

## What it sees
At least four batches running hold one class each, all rows the same, and the class changes from
one batch to a later one.

## Why it matters
Each update teaches the model to answer with the class of its batch and to forget the others. Batch
norm sees statistics that no mixed batch has.

## Example
    loader = DataLoader(ImageFolder(root), batch_size=32)

## Instead
    loader = DataLoader(ImageFolder(root), batch_size=32, shuffle=True)

## When it is intended
Adversarial losses give a line ones and zeros in turn; this rule speaks of blocks only. Streams in
the order of time come in blocks on purpose, hardly ever of one class alone.

## Source
torch.utils.data.DataLoader (`shuffle`), PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled

_CLASSIFIERS = ("cross_entropy", "nll_loss", "multi_margin_loss")
_BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")
_ENOUGH = 4
_ROWS = 4


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line whose batches are of one class each."""
    sites = trained_losses(run)
    is_lone = len(sites) == 1 and len({step.optimizer for step in run.steps}) == 1
    kinds = (*_CLASSIFIERS, *_BINARY) if is_lone else _CLASSIFIERS  # players of a game: ones, zeros
    for (where, function), calls in sites.items():
        judged = [call for call in calls if call.target_min is not None]
        pure = [call for call in judged if _is_pure(call)]
        is_usual = len(pure) >= max(_ENOUGH, 0.8 * len(judged))
        if function in kinds and is_usual and _is_in_blocks(pure):
            turn = next(call for call in pure if call.target_min != pure[0].target_min)
            yield RULE.found(
                f"each batch that {function} was given holds one class only",
                "shuffle the data: DataLoader(..., shuffle=True)",
                run.update_at(turn),
                where,
                batches_of_one_class=len(pure),
                batches=len(judged),
                classes_seen=len({call.target_min for call in pure}),
            )


def _is_in_blocks(pure: Sequence[LossCalled]) -> bool:
    """Whether one class follows the other, with few changes for the classes or the batches."""
    classes = {call.target_min for call in pure}
    changes = sum(a.target_min != b.target_min for a, b in pairwise(pure))
    return len(classes) > 1 and (changes < len(classes) or 2 * changes <= len(pure))


def _is_pure(call: LossCalled) -> bool:
    shape = call.target_shape
    rows = shape[0] if shape and shape[1:] in ((), (1,)) else 0
    return rows >= _ROWS and call.target_min == call.target_max


RULE = Rule("BT409", "sorted-labels", "warning", check, __doc__, needs=(FACTS,), cure="shuffle")
