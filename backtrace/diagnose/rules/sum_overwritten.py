"""A sum begins at zero, and each turn of a loop writes over it: only the last one counts.

## What it sees
In the source of a file that calls a model: a name that is zero before a loop, that each turn writes
and none reads, and that is read behind the loop. It is what a layer gives beside what the next one
takes, `x, log_det = layer(x)`, or a loss that goes backward behind the loop.

## Why it matters
What all layers but the last add to the loss is lost. A flow that counts one layer's logarithm of
the determinant does not pay for shrinking in the others: its likelihood grows without end, and is
none.

## Example
    log_det = torch.zeros(len(x))
    for layer in self.layers:
        x, log_det = layer(x)
    return prior(x) + log_det

## Instead
    log_det = torch.zeros(len(x))
    for layer in self.layers:
        x, one = layer(x)
        log_det = log_det + one
    return prior(x) + log_det

## When it is intended
Where only the last turn is to count. Then it needs no zero before the loop.

## Source
github.com/tensorflow/models, issue 7465; Dinh et al., "Density estimation using Real NVP", 2017,
section 3: the determinants of all layers multiply.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such sum."""
    for event in run.of(SlipSeen):
        if event.kind == "overwritten":
            yield RULE.found(
                f"{event.name} is zero before the loop, and each turn writes over it: only what "
                "the last turn gives is counted",
                f"add up: keep what a turn gives under another name, and add it to {event.name}",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT539", "sum-overwritten", "warning", check, __doc__, needs=(FACTS,))
