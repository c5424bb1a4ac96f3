"""An Accelerator is told to accumulate once around the loop over batches, and not in each turn.

## What it sees
In the source, `with accelerator.accumulate(model):` around a loop over a loader that steps an
optimizer, here or in a function of the file that is called there, outside of any other loop over
batches; the Accelerator is given a number of batches that may be above one.

## Why it matters
`accumulate` counts how often it is entered, and decides then whether this turn steps. Entered once
per epoch, it lets no batch of an epoch be stepped on, for several epochs, and each of them alone in
the next one. Nothing is raised.

## Example
    accelerator = Accelerator(gradient_accumulation_steps=4)
    with accelerator.accumulate(model):
        for x, y in loader:
            accelerator.backward(loss_fn(model(x), y))
            optimizer.step()
            optimizer.zero_grad()

## Instead
    accelerator = Accelerator(gradient_accumulation_steps=4)
    for x, y in loader:
        with accelerator.accumulate(model):
            accelerator.backward(loss_fn(model(x), y))
            optimizer.step()
            optimizer.zero_grad()

## When it is intended
Where the number is 1: then each batch is stepped on either way.

## Source
github.com/huggingface/accelerate, pull request 1211.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each place where accumulating begins too early."""
    for slip in run.of(SlipSeen):
        if slip.kind == "window-around":
            yield RULE.found(
                f'{slip.name} is entered once, around "{slip.beside}": it counts how often it is '
                "entered, so either all batches of this loop are stepped on, each alone, or none",
                "enter it in each turn of the loop: for ...: with accelerator.accumulate(model): "
                "...",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT608", "window-around-loop", "warning", check, __doc__, needs=(FACTS,))
