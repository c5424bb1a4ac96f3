"""A teacher is asked while it is in training mode: its answers are random.

## What it sees
In the source of a file that calls a model, a model named a teacher that has dropout or batch norm,
is called, and is never put into evaluation mode, nor given to anything that might do so.

## Why it matters
Dropout goes on in the teacher, so that the student is given another answer to the same question
each time, and a batch norm answers by the batch, and renews its statistics under `no_grad`, too.

## Example
    with torch.no_grad():
        soft = teacher(x)

## Instead
    teacher.eval()
    with torch.no_grad():
        soft = teacher(x)

## When it is intended
A mean teacher is noisy on purpose; it is a copy that is moved along, and nothing is said of it.

## Source
Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015; torch.nn.Module,
`eval`, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such teacher."""
    for event in run.of(SlipSeen):
        if event.kind == "teacher-mode":
            yield RULE.found(
                f"{event.name} has dropout or batch norm, and is never put into evaluation mode",
                f"call {event.name}.eval() before it is asked",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT463", "teacher-in-training-mode", "warning", check, __doc__, needs=(FACTS,))
