"""An Accelerator loads a state before it is given the model: nothing is put into it.

## What it sees
In the source of a file that calls a model, `load_state` of an Accelerator that comes before its
`prepare`, line after line and through the file's own functions and constructors, while nothing
loads behind it.

## Why it matters
`load_state` restores what was prepared: models, optimizers, schedulers. Before, there is none, and
it restores the random state alone, without an error. Training begins again from new weights, and
the log says that it was resumed.

## Example
    accelerator = Accelerator()
    accelerator.load_state("checkpoint")
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)

## Instead
    accelerator = Accelerator()
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
    accelerator.load_state("checkpoint")

## When it is intended
Where the random state alone is wanted.

## Source
github.com/X-GenGroup/Flow-Factory, issue 172 and pull request 174.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each load that comes too early."""
    for slip in run.of(SlipSeen):
        if slip.kind == "early-load":
            yield RULE.found(
                f"{slip.name} comes before prepare in line {slip.beside}: nothing is prepared yet, "
                "so it restores neither the model nor the optimizer",
                f"call {slip.name} behind prepare",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT587", "loaded-before-prepare", "warning", check, __doc__, needs=(FACTS,))
