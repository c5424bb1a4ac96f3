"""Adam's epsilon is many times the gradients: steps are far smaller than the learning rate says.

## What it sees
An optimizer of Adam's kind with an `eps` of 0.01 or more and no weight decay in any group, and in
half of its steps, which are ten at least, gradients whose root mean square is below half of that.

## Why it matters
Adam divides by the size of the gradient plus `eps`. Where that is much the larger, nothing is
divided by its own size: each step is a fraction of the rate, and small gradients stay small, as in
plain gradient descent at a low rate. `Adam(parameters, lr, betas, 0.1)` says so where a weight
decay was meant: `eps` is the fourth argument, `weight_decay` the fifth.

## Example
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, (0.9, 0.999), 0.1)

## Instead
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, (0.9, 0.999), weight_decay=0.1)

## When it is intended
A large `eps` at a large rate is advised for a few networks, whose gradients are large.

## Source
"AdamW: epsilon and lambda swapped?", github.com/FluxML/Optimisers.jl, issue 197; torch.optim.Adam,
PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot, sqrt
from statistics import median

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.progress import optimizers_of
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import Group

_KINDS = ("Adam", "AdamW", "NAdam", "RAdam", "Adamax")
_LARGE = 0.01
_SHARE = 0.5
_ENOUGH = 10


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each optimizer whose epsilon is above all that it divides."""
    for optimizer in optimizers_of(run):
        seen = run.optimizers.get(optimizer)
        steps = [step for step in run.steps if step.optimizer == optimizer]
        if seen is None or seen.type not in _KINDS or len(steps) < _ENOUGH:
            continue
        least = min(map(_epsilon_of, seen.groups), default=0.0)
        sizes = [_size_of(step) for step in steps]
        if least >= _LARGE and 0 < median(sizes) < _SHARE * least:
            yield RULE.found(
                f"{optimizer} adds an eps of {least:g} to the size of its gradients, which is "
                f"usually {median(sizes):.2g}: steps are far smaller than the rate says",
                "give the weight decay by its name, if that was meant: weight_decay comes after "
                "eps; else leave eps as it is, 1e-8",
                run.update_at(steps[_ENOUGH - 1], optimizer),
                seen.where,
                (),
                optimizer,
                eps=least,
                usual_gradient=median(sizes),
            )


def _size_of(step: StepTaken) -> float:
    """Return the root mean square of all gradients that a step read."""
    grads = [grad for grad in step.grads.values() if grad is not None]
    return hypot(*(grad.norm for grad in grads)) / sqrt(max(1, sum(each.numel for each in grads)))


def _epsilon_of(group: Group) -> float:
    """Return a group's epsilon; 0 where the group decays its weights as well."""
    found = group.options.get("eps")
    is_lone = isinstance(found, float) and not group.options.get("weight_decay")
    return found if is_lone and isinstance(found, float) else 0.0


RULE = Rule("BT524", "epsilon-outweighs-gradient", "warning", check, __doc__, needs=(FACTS,))
