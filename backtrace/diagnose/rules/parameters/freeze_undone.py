"""What was frozen is unfrozen again before anything was trained.

## What it sees
In the source of a file that calls a model, lines that set `requires_grad` of some parameters to
False, and lines that set that of all to True after them, with no loop and no call in between that
trains or uses it. Both stand in one function, or in functions of the file that it calls with the
model: as a rule in the one that makes the optimizer's groups.

## Why it matters
The freeze has no effect: a pretrained body is trained along, at the rate that was meant for a new
head.

## Example
    for name, weight in model.named_parameters():
        if name.startswith("body."):
            weight.requires_grad = False
    for weight in model.parameters():
        weight.requires_grad = True

## Instead
    for name, weight in model.named_parameters():
        weight.requires_grad = not name.startswith("body.")

## When it is intended
Nothing is to be frozen any more: take the first lines out.

## Source
torch.nn.Module.requires_grad_, PyTorch documentation: "Change if autograd should record operations
on parameters in this module".
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import FreezeUndone


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each freeze that is undone at once."""
    for event in run.of(FreezeUndone):
        yield RULE.found(
            f"all of {event.model} is unfrozen here, and a part of it was frozen in "
            f"line {event.frozen_at}: nothing stays frozen",
            "leave these lines out, or freeze after them",
            run.update_at(event),
            event.where,
        )


RULE = Rule("BT453", "freeze-undone", "warning", check, __doc__, needs=(FACTS,))
