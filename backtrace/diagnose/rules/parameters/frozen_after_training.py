"""What a module's own `train()` freezes was trained before that was called.

## What it sees
A class of modules whose own `train` sets `requires_grad` to False, whatever mode it is told; a
module of it whose mode was never set before the steps that moved its parameters; and an `eval()`
after them, which calls `train(False)`, and freezes these parameters.

## Why it matters
A new module is in training mode and nobody needs to call `train()` for that. What is frozen there
alone is not frozen yet: a pretrained body is trained along, at least up to the first evaluation.

## Example
    class Body(nn.Module):
        def train(self, mode=True):
            super().train(mode)
            for weight in self.stem.parameters():
                weight.requires_grad = False
            return self

    model = nn.Sequential(Body(), head)
    fit(model)

## Instead
    model = nn.Sequential(Body(), head)
    model.train()
    fit(model)

## When it is intended
A first stage trains all of it, and the evaluation begins a second one: freeze there by name.

## Source
github.com/open-mmlab/mmpretrain, issue 702.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import finished
from backtrace.ledger.facts import FrozenAtRest


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each module's parameters that were stepped before they were frozen."""
    for event in run.of(FrozenAtRest):
        frozen = set(event.parameters)
        steps = [
            (window.number, step)
            for window, step in finished(run.windows)
            if step.index < event.index and frozen & set(step.values)
        ]
        if steps:
            stepped = {name for _, step in steps for name in step.values}
            names = tuple(name for name in event.parameters if name in stepped)
            yield RULE.found(
                f"{event.type}.train() freezes {listed(names)} here, and was first called by "
                f"eval() in {event.rested}: until then they were trained",
                "call train() before the training loop, or freeze in __init__",
                steps[0][0],
                event.where,
                names,
                parameters_trained=len(names),
            )


RULE = Rule("BT565", "frozen-after-training", "warning", check, __doc__, needs=(FACTS,))
