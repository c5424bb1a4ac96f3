"""A step changes the parameters by more than all that they were, and the loss gets worse.

## What it sees
A step whose change, over all parameters of its optimizer, has a larger norm than their values had,
after which the loss is at least twice what it was at the next update that was read, and at the one
after it. If the first layer of a model without normalisation was given numbers of 50 or more, these
are named first.

## Why it matters
After such a step nothing is left of what the parameters were. A healthy update is about a
thousandth of the values; a change as large as they are is a thousand times that. The gradients of
a first layer are as large as its inputs: pixels of 0 to 255 make them a hundred times too large.

## Example
    optimizer = torch.optim.Adam(model.parameters(), lr=1.0)

## Instead
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

## When it is intended
Parameters that begin at zero or close to it have to grow; a loss that falls shows that it went
well. Both are silent.

## Source
CS231n, Stanford University: "Neural Networks Part 3: Learning and Evaluation", ratio of
weights to updates.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.progress import Progress, optimizers_of, read_progress
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import InputsLarge

_RATIO = 1.0
_WORSE = 2.0


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first step of each optimizer that went far too far."""
    for optimizer in optimizers_of(run):
        found = _find(read_progress(run, optimizer))
        if found is None:
            continue
        update, later = found
        after = later.loss
        assert update.change_norm is not None and update.loss is not None and after is not None
        ratio = update.change_norm / update.value_norm
        message = (
            f"{optimizer}.step at update {update.number} changed its parameters by {ratio:.3g} "
            f"times their own norm, and the loss went from {update.loss:.3g} to {after:.3g}"
        )
        if later.number > update.number + 1:  # not each update is read
            message = (
                f"{optimizer}.step at update {update.number} changed its parameters by {ratio:.3g} "
                f"times their own norm, and the loss went from {update.loss:.3g} to {after:.3g} "
                f"by update {later.number}"
            )
        yield RULE.found(
            message,
            _find_fix(run, optimizer, max(update.step.lr, default=0)),
            update.number,
            update.step.where,
            (),
            optimizer,
            ratio=ratio,
            norm_of_values=update.value_norm,
            norm_of_change=update.change_norm,
            loss=update.loss,
            loss_after=after,
        )


def _find_fix(run: Stretch, optimizer: str, rate: float) -> str:
    """Return what to do: inputs that are large make the gradients so, and come first."""
    large = max(run.of(InputsLarge), key=lambda each: each.largest, default=None)
    if large is None and not rate:
        return (
            "make the steps by hand smaller: a change of about a thousandth of the values is "
            "healthy"
        )
    if large is None:
        return (
            f"lower the learning rate of {optimizer} (now {rate:g}): a change of about a "
            "thousandth of the values is healthy"
        )
    if not rate:
        return (
            f"scale what {large.module} is given, which is as large as {large.largest:.3g}, to "
            "about 1 (pixels: divide by 255), or make the steps by hand smaller"
        )
    return (
        f"scale what {large.module} is given, which is as large as {large.largest:.3g}, to about 1 "
        f"(pixels: divide by 255), or lower the learning rate of {optimizer} (now {rate:g})"
    )


def _find(updates: list[Progress]) -> tuple[Progress, Progress] | None:
    """Return the first step that was too large, with the next update that was read."""
    for at, update in enumerate(updates[:-1]):
        change, loss = update.change_norm, update.loss
        if change is None or loss is None or loss <= 0 or not update.value_norm:
            continue
        after = [each.loss for each in updates[at + 1 : at + 3]]
        if not change / update.value_norm >= _RATIO or len(after) < 2 or None in after[:1]:
            continue
        if all(other is None or other >= _WORSE * loss for other in after):
            return update, updates[at + 1]
    return None


RULE = Rule(
    "BT506", "update-too-large", "warning", check, __doc__, cure="lr=0.01x", told=("step-size",)
)
