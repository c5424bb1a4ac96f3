"""A module defines a `backward`, which autograd never calls.

## What it sees
A module without parameters and without parts is called whose class defines both `forward` and a
`backward` that takes a gradient, while the loop calls autograd's backward. Classes of libraries,
and methods that another one hands on or calls, are left alone.

## Why it matters
Autograd derives what `forward` computed. Only a `torch.autograd.Function` has a `backward` of its
own; a module's is a method that nobody calls. A gradient reversal layer written so is the identity
both ways, and the features are trained to help the judge that they were to mislead.

## Example
    class Reversal(nn.Module):
        def forward(self, x):
            return x

        def backward(self, gradient):
            return -gradient

## Instead
    class Reversal(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.view_as(x)

        @staticmethod
        def backward(ctx, gradient):
            return -gradient

    y = Reversal.apply(x)

## When it is intended
Where the loop calls the method itself, next to autograd, as to compare the two.

## Source
"Extending PyTorch", PyTorch documentation; github.com/hash2430/pitchtron, issue 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.layer_facts import BackwardDefined


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each class with such a method, once a backward of autograd has run."""
    if next(run.of(BackwardRan), None) is None:
        return
    told: set[str] = set()
    for event in run.of(BackwardDefined):
        if event.where not in told:
            told.add(event.where)
            yield RULE.found(
                f"the module {event.type} defines backward, which autograd never calls: gradients "
                "go through what its forward computes",
                "write forward and backward as static methods of a torch.autograd.Function, and "
                "call its apply in the module's forward",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT229", "backward-of-a-module", "warning", check, __doc__, needs=(FACTS,))
