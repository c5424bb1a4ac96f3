"""An optimizer steps that its Accelerator was not given: nothing of what that does holds for it.

## What it sees
In the source of a file that calls a model, an optimizer that is made and steps there, and calls of
an Accelerator's `prepare`, none of which is given it.

## Why it matters
`accumulate` holds back the steps of prepared optimizers only: this one steps, and is cleared, at
every micro-batch. With half precision its gradients are not unscaled.

## Example
    model, loader = accelerator.prepare(model, loader)

## Instead
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)

## When it is intended
An optimizer of something that the Accelerator has no part in.

## Source
Accelerator.prepare and "Performing gradient accumulation with Accelerate", Accelerate's
documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import OptimizerUnprepared


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each optimizer that steps unprepared."""
    for event in run.of(OptimizerUnprepared):
        yield RULE.found(
            f"{event.name} steps and was never given to {event.accelerator}.prepare: "
            "accumulation and scaling do not hold for it",
            f"prepare it with the others: {event.accelerator}.prepare(model, {event.name}, …)",
            run.update_at(event),
            event.where,
        )


RULE = Rule("BT452", "optimizer-not-prepared", "warning", check, __doc__, needs=(FACTS,))
