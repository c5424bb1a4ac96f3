"""A step changes the parameters by more than all that they were, and the loss gets worse.

## What it sees
A step whose change, over all parameters of its optimizer, has a larger norm than their values had,
after which the loss is at least twice what it was at the next update that was read, and at the one
after it.

## Why it matters
After such a step nothing is left of what the parameters were. A healthy update is about a
thousandth of the values; a change as large as they are is a thousand times that.

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
            f"lower the learning rate of {optimizer} (now {max(update.step.lr, default=0):g}): a "
            "change of about a thousandth of the values is healthy",
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


RULE = Rule("BT506", "update-too-large", "warning", check, __doc__, cure="lr=0.01x")
