"""Weight decay moves the weights more than what is learned does.

## What it sees
A `weight_decay` of 0.01 or more in every step from the first: where it is added to the gradient
(SGD, Adam), it is never less than the gradient and usually three times as much, over all weights of
a group whose gradients are not mostly zeros; where it is taken from the values (AdamW), rate times
decay is half a percent or more. The weights got smaller, by a twentieth at least.

## Why it matters
The weights are drawn to zero faster than the data can hold them. The model says nearly the same of
everything, and the loss stays near what guessing gives.

## Example
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=0.5)

## Instead
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)

## When it is intended
In studies of decay itself. A group that has settled, with hardly any gradient left, is not meant:
the first steps are asked.

## Source
Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019: what is a usual decay of AdamW
is a very large one of Adam; "loss does not decrease with weight decay", discuss.pytorch.org.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot
from statistics import median

from backtrace.diagnose.needs import FACTS, FIRST_STEPS, UNSAMPLED
from backtrace.diagnose.progress import optimizers_of
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import finished
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import Group

_ENOUGH = 8  # steps
_LEAST = 0.01  # of a decay that is looked at
_SHARE = 3.0  # decay to gradient
_PACE = 0.005  # rate times decay
_SHRUNK = 0.95
_STILL = 1e-4  # gradients below this share of the values are those of a model that has settled
_TAKEN = ("AdamW", "AdamaxW", "NAdamW", "Lion", "Muon")  # from the values
_ADDED = ("SGD", "Adam", "NAdam", "RAdam", "Adamax", "RMSprop", "Adagrad", "Adadelta", "ASGD")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each optimizer that has such a group."""
    for optimizer in optimizers_of(run):
        seen = run.optimizers.get(optimizer)
        steps = [
            (window.number, step)
            for window, step in finished(run.windows_of(optimizer))
            if step.optimizer == optimizer
        ]
        for at, group in enumerate(seen.groups if seen and len(steps) >= _ENOUGH else ()):
            found = _judge(seen.type if seen else "", group, at, [step for _, step in steps])
            if found and seen:
                decay = float(group.options["weight_decay"] or 0)
                yield RULE.found(
                    f"a weight_decay of {decay:g} draws the weights of {optimizer} to zero: "
                    f"{found}",
                    f"make weight_decay smaller: 1e-4 to 1e-2 are usual, and {decay:g} is not",
                    steps[_ENOUGH - 1][0],
                    seen.where,
                    (),
                    optimizer,
                    weight_decay=decay,
                    lr=steps[0][1].lr[at],
                )
                break


def _judge(kind: str, group: Group, at: int, steps: list[StepTaken]) -> str:
    """Return in words how much a group's decay is, '' where it is not too much."""
    decay = group.options.get("weight_decay")
    if not isinstance(decay, int | float) or decay < _LEAST:
        return ""
    read = [found for step in steps if (found := _read(group, step)) is not None]
    if len(read) < len(steps) or read[-1][0] > _SHRUNK * read[0][0]:
        return ""
    paces = [step.lr[at] * decay for step in steps if len(step.lr) > at]
    if kind in _TAKEN or group.options.get("decoupled_weight_decay"):
        least = min(paces, default=0.0)
        return f"{least:.2%} of them in each step" if least >= _PACE else ""
    if kind not in _ADDED or any(grad <= _STILL * value for value, grad in read):
        return ""
    shares = [decay * value / grad for value, grad in read]
    usual = median(shares)
    is_much = usual >= _SHARE and min(shares) >= 1
    return f"it is usually {usual:.3g} times the gradient that it is added to" if is_much else ""


def _read(group: Group, step: StepTaken) -> tuple[float, float] | None:
    """Return the norms of a group's weights and of their gradients; none of sparse gradients."""
    values, grads = [], []
    for name in group.parameters:
        grad, entry = step.grads.get(name), step.values.get(name)
        if grad is None or entry is None or entry.before is None or len(grad.shape) < 2:
            continue
        if 2 * grad.zeros < grad.numel and not grad.nonfinite:
            values.append(entry.before.norm)
            grads.append(grad.norm)
    return (hypot(*values), hypot(*grads)) if values and any(values) else None


RULE = Rule(
    "BT523", "decay-outweighs-gradient", "warning", check, __doc__,
    needs=(FIRST_STEPS, FACTS, UNSAMPLED), told=("decay",),
)  # fmt: skip
