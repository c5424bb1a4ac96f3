"""Micro-batches of unlike sizes are averaged as if they were even.

## What it sees
The micro-batches that one step reads have unlike numbers of items, and each mean loss was divided
by the number of micro-batches. It is a warning when update after update is like that, with one
micro-batch at least half as large again as another; a note when it is only the rest of an epoch.

## Why it matters
An item in a small micro-batch counts for more than one in a large one: the mean of means is not the
mean. For sequences of unlike lengths the difference is no rounding error.

## Example
    parts = x.split(4)                       # 10 rows: 4, 4 and 2
    for part, target in zip(parts, y.split(4)):
        loss = loss_fn(model(part), target) / len(parts)
        loss.backward()

## Instead
    for part, target in zip(x.split(4), y.split(4)):
        loss = loss_fn(model(part), target) * len(part) / len(x)
        loss.backward()

## When it is intended
The last, smaller batch of an epoch is mostly accepted.

## Source
"Fixing Gradient Accumulation", Hugging Face blog, October 2024.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.accumulation import AccumulatedBackward, find_micro_batches, is_same_factor
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished

_UNEVEN = 1.5  # sizes of which one is half as large again as the other


def check(run: Stretch) -> Iterator[Judgement]:
    """Give, for each optimizer, the first updates of unlike micro-batches."""
    for windows in run.windows_by_optimizer.values():
        in_a_row, note = 0, None
        for window, _ in finished(windows):
            found = find_micro_batches(window)
            sizes = [each.rows for each in found if each.rows]
            is_averaged = bool(found) and is_same_factor(found) and not is_same_factor(found, 1.0)
            if not is_averaged or len(sizes) < len(found) or max(sizes) == min(sizes):
                in_a_row = 0
                continue
            is_own = not window.has_closure  # Lightning weighs them, and no line of the file's
            in_a_row = in_a_row + 1 if is_own and max(sizes) >= _UNEVEN * min(sizes) else 0
            note = note or _describe(window, found, sizes)
            if in_a_row == 2:
                yield _describe(window, found, sizes)
                break
        else:
            if note is not None:
                yield replace(note, severity="note")


def _describe(window: Window, found: list[AccumulatedBackward], sizes: list[int]) -> Finding:
    return RULE.found(
        f"{window.optimizer}.step at update {window.number} reads micro-batches of "
        f"{', '.join(map(str, sizes))} items, each weighted alike",
        "multiply each mean loss by its share of all items, instead of dividing by the number "
        "of micro-batches",
        window.number,
        found[0].backward.where,
        (),
        window.optimizer,
        micro_batches=len(found),
        smallest=min(sizes),
        largest=max(sizes),
    )


RULE = Rule("BT109", "uneven-micro-batches", "warning", check, __doc__)
