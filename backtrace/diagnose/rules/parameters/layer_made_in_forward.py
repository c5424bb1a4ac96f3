"""A layer is made anew each time that a module is called: it never learns.

## What it sees
In the source of a file that trains, a method `forward` that makes a layer with weights of its own,
such as `nn.Linear` or `nn.Conv2d`, calls it, and does nothing else with it.

## Why it matters
Each call computes with other random weights. No optimizer holds them, no state dict saves them, and
the layers around have to learn in spite of the noise.

## Example
    def forward(self, x):
        context = self.attend(x)
        return nn.Linear(64, 64)(context)

## Instead
    def __init__(self):
        ...
        self.project = nn.Linear(64, 64)

    def forward(self, x):
        return self.project(self.attend(x))

## When it is intended
A random projection that is to be another one each time.

## Source
torch.nn.Module, PyTorch documentation: submodules are assigned as attributes in `__init__`.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such layer of a file that trains."""
    if not run.steps:
        return
    seen: set[str] = set()
    for event in run.of(SlipSeen):
        if event.kind == "made-anew" and event.where not in seen:
            seen.add(event.where)
            yield RULE.found(
                f"{event.name} is made anew in each call of forward: its weights are random each "
                "time, and no optimizer holds them",
                "make it in __init__, as an attribute of the module, and call that in forward",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT494", "layer-made-in-forward", "error", check, __doc__, needs=(FACTS,))
