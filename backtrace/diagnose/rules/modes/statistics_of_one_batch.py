"""A batch norm's running statistics are those of the newest batch: its momentum is near 1.

## What it sees
A batch norm that keeps running statistics, called in training mode, with a momentum of 0.9 or more,
and less than 1.

## Why it matters
In PyTorch the momentum is the weight of the newest batch; elsewhere, as in TensorFlow, it is the
weight of what was there before. With 0.99 the statistics that evaluation goes by are those of the
last batch alone, and metrics jump from one evaluation to the next.

## Example
    nn.BatchNorm2d(64, momentum=0.99)

## Instead
    nn.BatchNorm2d(64, momentum=0.01)

## When it is intended
A momentum of 1 takes the statistics of one batch on purpose, and None averages over all; both are
left alone.

## Source
torch.nn.BatchNorm2d, PyTorch documentation (the note on `momentum`); github.com/pytorch/vision,
issue 8250.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import StatisticsReplaced


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that makes such norms, once."""
    seen: set[str] = set()
    for event in run.of(StatisticsReplaced):
        if event.where not in seen:
            seen.add(event.where)
            yield RULE.found(
                f"{event.type} has momentum={event.momentum:g}, the weight of the newest batch: "
                "its running statistics are those of one batch",
                f"write 1 - momentum, {1 - event.momentum:.3g}: what other libraries call momentum "
                "is the weight of what was there before",
                run.update_at(event),
                event.where,
                weight_of_the_newest_batch=event.momentum,
            )


RULE = Rule("BT315", "statistics-of-one-batch", "warning", check, __doc__, needs=(FACTS,))
