"""The losses of a window are divided by the number of its batches, and then once more.

## What it sees
Several backwards on one line, each over a batch of its own, are read by one step, and every loss is
the mean over its micro-batch, divided by their number and divided by it again; twice in a row.

## Why it matters
The step reads the mean gradient divided by their number again. Under SGD the learning rate is as
many times too small; under any optimizer a clipping limit, a decay or an epsilon weighs as many
times more.

## Example
    accelerator = Accelerator(gradient_accumulation_steps=4)
    ...
    with accelerator.accumulate(model):
        loss = loss_fn(model(x), y) / 4
        accelerator.backward(loss)  # divides by 4 as well

## Instead
    with accelerator.accumulate(model):
        loss = loss_fn(model(x), y)
        accelerator.backward(loss)

## When it is intended
Where one division is a weight of this loss that happens to be the same.

## Source
"Performing gradient accumulation with Accelerate", Accelerate documentation: `backward` scales the
loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from backtrace.diagnose.accumulation import (
    AccumulatedBackward,
    find_micro_batches,
    is_same_factor,
)
from backtrace.diagnose.graph_lines import lone_line
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import finished
from backtrace.ledger.facts import ProxySeen

_IN_A_ROW = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first optimizer that reads losses which were divided twice."""
    proxies = {each.optimizer for each in run.of(ProxySeen) if each.type.startswith("Accelerated")}
    for windows in run.windows_by_optimizer.values():
        in_a_row = 0
        for window, step in finished(windows):
            found = find_micro_batches(window)
            count = len(found)
            is_twice = count > 1 and is_same_factor(found, 1 / count**2)
            is_twice = is_twice and all(_are_divisions(each, count) for each in found)
            in_a_row = in_a_row + 1 if is_twice else 0
            if in_a_row == _IN_A_ROW:
                fix = f"leave out one of the two divisions by {count}"
                if window.optimizer in proxies:
                    fix += ": accelerator.backward divides by gradient_accumulation_steps itself"
                elif window.has_closure:
                    fix += ": the Trainer of Lightning divides by accumulate_grad_batches itself"
                yield RULE.found(
                    f"{window.optimizer}.step reads {count} micro-batches, and each of their mean "
                    f"losses was divided by {count} twice",
                    fix,
                    window.number,
                    lone_line(run, "division", found[0].backward.where),
                    tuple(n for n in step.values if n in window.filled_by(found[0].backward)),
                    window.optimizer,
                    micro_batches=count,
                )
                return


def _are_divisions(found: AccumulatedBackward, count: int) -> bool:
    """Whether the last two things done to a loss divide it by `count`: 0.5 may be a weight."""
    path = found.graph.path[:2] if found.graph is not None else ()
    return len(path) == 2 and all(
        op.name.startswith("Div") and op.scalar is not None and isclose(op.scalar, count)
        for op in path
    )


RULE = Rule("BT490", "divided-twice", "warning", check, __doc__)
