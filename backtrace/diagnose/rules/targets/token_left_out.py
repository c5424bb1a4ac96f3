"""A token is left out: targets were shifted twice, or a loss's mask was not shifted with them.

## What it sees
In each loss that was compared with the ids before it, the target at every place is the id two
places on, and never the next. Losses of one class for each row are passed over. Or, in the source,
a loss of the labels `ids[:, 1:]` is multiplied by `mask[:, :-1]`, where the file says that the mask
goes by the tokens: it begins with as many zeros as the prompt has tokens.

## Why it matters
The model learns to leave out a token: the loss falls, slower, and what it writes is wrong at every
other word. With such a mask the first token of each answer is never trained, and the one behind the
answer is.

## Example
    batch = {"input_ids": ids[:-1], "labels": ids[1:]}
    loss = model(**batch).loss  # which compares logits[:, :-1] with labels[:, 1:]

## Instead
    batch = {"input_ids": ids, "labels": ids}
    loss = model(**batch).loss

## When it is intended
Where further heads predict the tokens after the next beside the one that predicts the next: then
both are seen, and nothing is said. A mask that is made one place earlier than the tokens goes by
what is predicted, and is cut as the inputs are.

## Source
"Causal language modeling", Transformers documentation: the labels are shifted inside the model;
github.com/huggingface/transformers, pull requests 562 and 37830; github.com/verl-project/verl, pull
request 3287.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import SlipSeen

_ONCE = "shift once: in the data, or in the loss"


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the line of such a loss, or of the shift that comes first, and each such mask."""
    for slip in run.of(SlipSeen):
        if slip.kind == "mask-unshifted":
            yield RULE.found(
                f"{slip.name} is cut at its end and the labels, {slip.beside}, at their beginning: "
                "the loss leaves out the first token of each answer, and scores the one behind it",
                f"cut {slip.name} as the labels are: [:, 1:]",
                run.update_at(slip),
                slip.where,
            )
    losses = list(run.of(LossCalled))
    far = [loss for loss in losses if loss.is_after_next]
    if far and not any(loss.is_next for loss in losses):
        first, second = _two_shifts(run, far[0])
        yield RULE.found(
            f"the targets of {far[0].function} are the input's tokens two places on: each was "
            "shifted twice, and the model learns to leave out a token",
            f"shift once: here, or at {second}" if second else _ONCE,
            run.update_at(far[0]),
            first or far[0].where,
            losses_looked_at=len(far),
        )


def _two_shifts(run: Stretch, loss: LossCalled) -> tuple[str, str]:
    """Return the one line that shifts for a loss's function, and the one in it; '' if not plain."""
    path, _, at = loss.where.rpartition(":")
    shifts = [each for each in run.of(SlipSeen) if each.kind == "labels-shifted"]
    if len(shifts) != 2 or not at.isdigit():
        return "", ""
    inside = [each for each in shifts if _has(each, path, int(at))]
    others = [each for each in shifts if each not in inside]
    return (others[0].where, inside[0].where) if len(inside) == 1 else ("", "")


def _has(shift: SlipSeen, path: str, line: int) -> bool:
    """Whether a line stands behind a shift in its function."""
    own, _, at = shift.where.rpartition(":")
    return own == path and at.isdigit() and int(at) <= line <= shift.every


RULE = Rule("BT425", "token-left-out", "warning", check, __doc__, needs=(FACTS,), told=("labels",))
