"""A mask of zeros and ones is added to attention's scores: it leaves nothing out.

## What it sees
A mask that one of torch's attention layers is given, for padding or for what comes later, whose
type is a float's and whose numbers are 0 and 1, and both.

## Why it matters
A mask of real numbers is added to the scores before the softmax. One does no more than weigh a
place by a factor of e: padding is still read, and a decoder still sees the words that it is to
predict.

## Example
    mask = torch.tril(torch.ones(length, length))
    decoder(x, memory, tgt_mask=mask)

## Instead
    mask = torch.triu(torch.ones(length, length, dtype=torch.bool), diagonal=1)
    decoder(x, memory, tgt_mask=mask)  # True leaves a place out

## When it is intended
Never, as far as is known: scores that are to be shifted by a bias have others than these two.

## Source
torch.nn.MultiheadAttention, PyTorch documentation: "For a float mask, it will be directly added to
the corresponding key value".
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.mask_facts import MaskAdded


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls a layer with such a mask."""
    found: dict[str, list[MaskAdded]] = {}
    for event in run.of(MaskAdded):
        found.setdefault(event.where, []).append(event)
    for where, events in found.items():
        first = run.update_at(events[0])
        # A layer hands its mask on to those in it, which return before it: the last is the user's.
        given = [event for event in events if run.update_at(event) == first][-1]
        yield RULE.found(
            f"{given.mask} of nn.{given.type} holds the real numbers 0 and 1, which are added to "
            "the scores of attention: no place is left out",
            "give it as a mask of bool, in which True leaves a place out, or as one of 0 and -inf",
            first,
            where,
        )


RULE = Rule("BT475", "mask-added", "error", check, __doc__, needs=(FACTS,))
