"""The loss is divided for several batches, and a step is taken after each of them.

## What it sees
In the source, a loss that is divided by the number by which an `if` of the same loop counts its
batches (`i % n == 0`), and a step of the optimizer that is under no `if`; in the run, a step
that reads one backward of a loss that was divided by 2 or more. Or an Accelerator of
`gradient_accumulation_steps` whose `backward` is called, which divides by that number, in a file
that never calls its `accumulate`.

## Why it matters
Nothing is accumulated: each step reads the gradient of one small batch, and that n times too small.
What is under the `if`, such as clipping or clearing, is done for one batch in n.

## Example
    for i, (x, y) in enumerate(loader):
        loss = loss_fn(model(x), y) / n
        loss.backward()
        if (i + 1) % n == 0:
            clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

## Instead
    for i, (x, y) in enumerate(loader):
        loss = loss_fn(model(x), y) / n
        loss.backward()
        if (i + 1) % n == 0:
            clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()

## When it is intended
Where the division is a weight of the loss and the `if` counts something else by the same number.

## Source
github.com/thunlp/OpenPrompt, issue 106; Accelerate's documentation, usage_guides: a
window of gradient accumulation is what stands in `with accelerator.accumulate(model):`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from backtrace.diagnose.accumulation import collect
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.source_facts import SlipSeen

_OWN = (
    "each loss is divided by {0}, {1:.6g}, and {2}.step() runs after each of them: nothing is "
    "accumulated"
)
_OWN_FIX = "put {1}.step() and what belongs to it under the `if` that counts by {0}"
_ACCELERATOR = (
    "{2}.backward divides each loss by {0}, {1:.6g}, and a step is taken after each of them: "
    "nothing is accumulated"
)
_ACCELERATOR_FIX = "put the batch, and the step, into `with {1}.accumulate(model):`"


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first optimizer that steps after one backward of a divided loss."""
    for event in run.of(SlipSeen):
        if event.kind == "outside":
            message, fix = _OWN, _OWN_FIX
        elif event.kind == "unaccumulated":
            message, fix = _ACCELERATOR, _ACCELERATOR_FIX
        else:
            continue
        for windows in run.windows_by_optimizer.values():
            first = [window for window, _ in islice(finished(windows), 2)]
            divisors = [_divisor(window) for window in first]
            if len(divisors) == 2 and min(divisors) >= 2:
                yield RULE.found(
                    message.format(event.beside, divisors[0], event.name),
                    fix.format(event.beside, event.name),
                    first[0].number,
                    event.where,
                    (),
                    first[0].optimizer,
                    divisor=divisors[0],
                )
                return


def _divisor(window: Window) -> float:
    """Return by what the loss of the one backward of a window was divided; 1 if by nothing."""
    found = collect(window.events, window.counted)
    path = found[0].graph.path if len(found) == 1 and found[0].graph is not None else ()
    is_division = bool(path) and path[0].name.startswith("Div")
    return (path[0].scalar or 1.0) if is_division else 1.0


RULE = Rule("BT488", "step-outside-window", "warning", check, __doc__)
