"""An accuracy is divided by more than it can count: it comes out too low.

## What it sees
In the source of a file that calls a model, the mean of `said == target` over all places of a target
which a cross entropy is called on as well, with no mask, in the same function or in one of the
file's own that this calls; in a run in which that loss leaves places of its target out, as -100 or
by its `ignore_index`. Or a count of right
answers that is divided by the number of all rows, `len(loader.dataset)`, and is of the last batch
alone: each turn of the loop writes over it, or it stands behind the loop; where that loop is given
more than one batch.

## Why it matters
Where the loss leaves a place out, no answer is right: what is called the accuracy has a bound far
below 1, which depends on how much of a batch is padding. A model that is right everywhere is told
to be right in half of the places, and what is chosen by it is chosen by lengths. One batch of a
hundred, divided by all rows, is never more than a hundredth right.

## Example
    loss = F.cross_entropy(logits.transpose(1, 2), target)  # -100 where there is padding
    accuracy = (logits.argmax(-1) == target).float().mean()

## Instead
    loss = F.cross_entropy(logits.transpose(1, 2), target)
    scored = target != -100
    accuracy = (logits.argmax(-1) == target)[scored].float().mean()

## When it is intended
A class that the loss leaves out is a class all the same, and is to be answered otherwise than
learned.

## Source
github.com/jsbaan/transformer-from-scratch, issue 7; stackoverflow.com, question
51503851, "Calculate the accuracy every epoch in PyTorch".
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import SlipSeen

_KINDS = ("unmasked-score", "last-batch-counted")
_LEFT_OUT = -100  # what torch leaves out where nobody says otherwise


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such accuracy: of places that are left out, and of one batch for all."""
    slips = [each for each in run.of(SlipSeen) if each.kind in _KINDS]
    if not slips:
        return
    left_out = {
        call.where: ignored
        for call in run.of(LossCalled)
        if (ignored := _find_left_out(call)) is not None
    }
    gone_on = {event.where for event in run.of(BatchDrawn) if event.number > 1}
    for slip in slips:
        place = f"{slip.where.rpartition(':')[0]}:{slip.beside}"
        if slip.kind == "unmasked-score" and place in left_out:
            yield RULE.found(
                f"the loss leaves out where {slip.name} is {left_out[place]}, and these places are "
                "counted here as wrong answers",
                f"count only where {slip.name} != {left_out[place]}, above and below the line",
                run.update_at(slip),
                slip.where,
            )
        if slip.kind == "last-batch-counted" and (not slip.beside or place in gone_on):
            yield RULE.found(
                f"{slip.name} counts the right answers of the last batch alone, and is divided by "
                "the number of all rows",
                "add up the right answers of each batch in the loop, from 0 before it",
                run.update_at(slip),
                slip.where,
            )


def _find_left_out(call: LossCalled) -> int | None:
    """Return what a loss leaves out of its target, if the target may hold it."""
    if call.target_min is None or call.target_max is None:
        return None
    ignored = _LEFT_OUT if call.ignored is None else call.ignored
    return ignored if call.target_min <= ignored <= call.target_max else None


RULE = Rule("BT568", "accuracy-understated", "warning", check, __doc__, needs=(FACTS,))
