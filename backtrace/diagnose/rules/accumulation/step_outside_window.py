"""The loss is divided for several batches, and a step is taken after each or most of them.

## What it sees
In the source, a loss that is divided by the number by which an `if` of the same loop counts its
batches (`i % n == 0`), and a step of the optimizer that is under no `if`; in the run, a step
that reads one backward of a loss that was divided by 2 or more. Or an Accelerator of
`gradient_accumulation_steps` whose `backward` is called, which divides by that number, in a file
that never calls its `accumulate`. Or what steps and clears after a backward stands under an `if`
that asks for a remainder (`i % n`, `i % n != 0`), of a window of 3 batches or more.

## Why it matters
Nothing is accumulated: each step reads the gradient of one small batch, and that n times too small.
What is under the `if`, such as clipping or clearing, is done for one batch in n. A remainder other
than zero is what n - 1 of n batches have.

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
A remainder that parts two kinds of steps, one of them under its `else`, is left alone.

## Source
github.com/thunlp/OpenPrompt, issue 106; github.com/eriklindernoren/PyTorch-YOLOv3, issue 325;
Accelerate's documentation, usage_guides: a window of gradient accumulation is what stands in
`with accelerator.accumulate(model):`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise

from backtrace.diagnose.accumulation import collect
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.place import split_place
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
_FEWEST = 3  # batches: of two, every second one has a remainder


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first optimizer that steps after one backward of what is for a window."""
    for event in run.of(SlipSeen):
        if event.kind == "outside":
            finding = _find_divided(run, event, _OWN, _OWN_FIX)
        elif event.kind == "unaccumulated":
            finding = _find_divided(run, event, _ACCELERATOR, _ACCELERATOR_FIX)
        elif event.kind == "window-turned":
            finding = _find_turned(run, event)
        else:
            continue
        if finding is not None:
            yield finding
            return


def _find_divided(run: Stretch, slip: SlipSeen, message: str, fix: str) -> Finding | None:
    for windows in run.windows_by_optimizer.values():
        first = [window for window, _ in islice(finished(windows), 2)]
        divisors = [_divisor(window) for window in first]
        if len(divisors) == 2 and min(divisors) >= 2:
            return RULE.found(
                message.format(slip.beside, divisors[0], slip.name),
                fix.format(slip.beside, slip.name),
                first[0].number,
                slip.where,
                (),
                first[0].optimizer,
                divisor=divisors[0],
            )
    return None


def _find_turned(run: Stretch, slip: SlipSeen) -> Finding | None:
    window = _find_single(run, slip)
    if window is None:
        return None
    return RULE.found(
        f"`if {slip.name}` holds for all batches but the last of each window: "
        f"{slip.beside}.step() runs after single batches, and hardly anything is accumulated",
        f"step where the remainder is zero: if {slip.name} == 0",
        window.number,
        slip.where,
        (),
        window.optimizer,
    )


def _find_single(run: Stretch, slip: SlipSeen) -> Window | None:
    """Return a window of one batch, of steps under that `if`, where there are some of two.

    Of a window of 3 batches or more, two such follow each other, or the loss is divided by 3.
    """
    for windows in run.windows_by_optimizer.values():
        own = [each for each, step in finished(windows) if _stands_in(step.where, slip)]
        sizes = [len(each.backwards) for each in own]
        if {1, 2} <= set(sizes):
            single = own[sizes.index(1)]
            if (1, 1) in pairwise(sizes) or _divisor(single) >= _FEWEST:
                return single
    return None


def _stands_in(where: str, slip: SlipSeen) -> bool:
    first, place = split_place(slip.where), split_place(where)
    if first is None or place is None:
        return False
    return first[0] == place[0] and first[1] < place[1] <= slip.every


def _divisor(window: Window) -> float:
    """Return by what the loss of the one backward of a window was divided; 1 if by nothing."""
    found = collect(window.events, window.counted)
    path = found[0].graph.path if len(found) == 1 and found[0].graph is not None else ()
    is_division = bool(path) and path[0].name.startswith("Div")
    return (path[0].scalar or 1.0) if is_division else 1.0


RULE = Rule("BT488", "step-outside-window", "warning", check, __doc__)
