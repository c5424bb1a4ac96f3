"""Gradients are never cleared between steps.

## What it sees
Every step after the first finds in `.grad` what the step before left there, and adds to it.

## Why it matters
`backward` adds to `.grad`. A step then follows the sum of all gradients since the beginning, of
which the newest is a shrinking part: it works like momentum that never fades.

## Example
    for x, y in loader:
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()

## Instead
    for x, y in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()

## When it is intended
Gradients may be left on purpose between some steps, as in gradient accumulation; they are cleared
before long. This rule speaks only where nothing cleared them at all.

## Source
torch.optim.Optimizer.zero_grad, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from backtrace.diagnose.rule import Rule, Verdict
from backtrace.diagnose.stretch import Stretch


def check(run: Stretch) -> Iterator[Verdict]:
    """Give the optimizers whose updates open with what the one before left."""
    for optimizer in dict.fromkeys(step.optimizer for step in run.steps):
        updates = run.updates_of(optimizer)
        for before, after in pairwise(updates):
            kept = tuple(
                name
                for name, row in after.rows.items()
                if name in before.rows
                and (left := before.rows[name].grad_after) is not None
                and left.norm > 0
                and row.grad_before == left
                and any(row.added)
            )
            if kept and not any(call.name == "zero_grad" for call in after.calls):
                first = after.rows[kept[0]]
                yield RULE.found(
                    f"{optimizer}.step at update {after.index} read gradients that still hold "
                    f"those of update {before.index}",
                    f"call {optimizer}.zero_grad() before each backward",
                    after.index,
                    next((c.where for c in reversed(after.calls) if c.name == "step"), ""),
                    kept,
                    optimizer,
                    left_from_before=first.grad_before.norm if first.grad_before else 0.0,
                    read_by_step=first.grad_after.norm if first.grad_after else 0.0,
                )
                break


RULE = Rule("BT101", "never-cleared", "error", check, __doc__)
