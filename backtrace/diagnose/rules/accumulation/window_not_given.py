"""An Accelerator is to accumulate, and is not given the number that the script has for it.

## What it sees
In the source, an `Accelerator` whose `accumulate` is used and that is made without
`gradient_accumulation_steps`, in a file that has a number above one by such a name (a variable, a
key, a field, or an option's default); in the run, steps that read one backward each.

## Why it matters
The Accelerator's own number is 1: each batch is stepped on, and the batch that the learning rate
was chosen for is never reached. Nothing is raised.

## Example
    accumulation_steps = 16
    accelerator = Accelerator()
    for x, y in loader:
        with accelerator.accumulate(model):
            accelerator.backward(loss_fn(model(x), y))
            optimizer.step()
            optimizer.zero_grad()

## Instead
    accumulation_steps = 16
    accelerator = Accelerator(gradient_accumulation_steps=accumulation_steps)
    for x, y in loader:
        with accelerator.accumulate(model):
            accelerator.backward(loss_fn(model(x), y))
            optimizer.step()
            optimizer.zero_grad()

## When it is intended
Where the number is that of another loop, and this one is to step on each batch.

## Source
github.com/google-research/google-research, issue 2147; github.com/huggingface/diffusers, pull
request 308.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from backtrace.diagnose.accumulation import collect
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import finished
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first optimizer that steps after one backward, where several were meant."""
    for event in run.of(SlipSeen):
        if event.kind != "window":
            continue
        for windows in run.windows_by_optimizer.values():
            first = [window for window, _ in islice(finished(windows), 2)]
            counts = [len(collect(each.events, each.counted)) for each in first]
            if counts == [1, 1]:
                yield RULE.found(
                    f"{event.name}.accumulate() accumulates nothing: {event.beside} is not given "
                    "to Accelerator(), whose own number is 1, and each backward is stepped on",
                    "give it the number: Accelerator(gradient_accumulation_steps=...), "
                    f"that of {event.beside}",
                    first[0].number,
                    event.where,
                    (),
                    first[0].optimizer,
                )
                return


RULE = Rule("BT492", "window-not-given", "warning", check, __doc__)
