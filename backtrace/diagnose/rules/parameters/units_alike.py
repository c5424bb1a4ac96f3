"""All units of a layer begin alike, and stay so: weights were initialised with one number.

## What it sees
Before the first step, two or more matrices of a model that follow each other have the same number
in every element, zero aside, and another matrix takes as many as they give; or all matrices of a
model are zero. A matrix of one row or column of which each number gets another gradient is none of
these, nor is the last layer: its units part by their targets.

## Why it matters
Units with the same weights give the same output and get the same gradient. They move together for
ever, and a layer of a hundred learns what one unit could. Where all is zero, only the last bias
gets a gradient.

## Example
    for parameter in model.parameters():
        nn.init.constant_(parameter, 0.1)

## Instead
    for parameter in model.parameters():
        if parameter.dim() > 1:
            nn.init.xavier_uniform_(parameter)

## When it is intended
One layer that begins at zero (the last of a branch, an adapter's second) is common, and nothing is
said of it. Of two in a row BT504 and BT602 speak, once their gradients have stayed zero.

## Source
"Initialize weights with the same number", discuss.pytorch.org; I. Goodfellow et al., "Deep
Learning", 8.4: initial parameters need to break symmetry between units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import FACTS, FIRST_STEPS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.zero_factors import filled_at
from backtrace.ledger.events import Reading

_ROUNDING = 1e-3  # of a gradient: what two units that are alike may differ by


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model whose matrices begin with one number each."""
    values: dict[str, Reading] = {}
    steps = {}
    for step in run.steps:
        for name, entry in step.values.items():
            if name not in values and entry.before is not None:
                values[name], steps[name] = entry.before, step
    for model in run.models.values():
        own = [name for name in model.parameters if name in values]
        matrices = [name for name in own if _is_matrix(values[name])]
        alike = [
            name for name in matrices if _stays_alike(values[name], steps[name].grads.get(name))
        ]
        found = _find_alike(matrices, alike, values)
        if found:
            step = steps[found[0]]
            yield RULE.found(
                f"every element of {listed(found)} is {values[found[0]].min:g} before the first "
                "step: the units of a layer begin alike, and stay alike",
                "initialise matrices with random numbers, as nn.init.xavier_uniform_ does",
                run.update_at(step, step.optimizer),
                filled_at(run, found[0], step) or step.where,
                tuple(found),
                step.optimizer,
                matrices=len(found),
                matrices_of_the_model=len(matrices),
            )


def _is_matrix(value: Reading) -> bool:
    return len(value.shape) > 1 and value.numel > 1


def _find_alike(
    matrices: Sequence[str], alike: Sequence[str], values: dict[str, Reading]
) -> list[str]:
    """Return the matrices that are to blame: all that are zero, or constant ones in a row."""
    if all(values[name].norm == 0 for name in matrices):
        return list(alike) if len(alike) > 1 else []
    constant = [
        name
        for name in alike
        if values[name].norm != 0 and _is_hidden(values[name], values, matrices)
    ]
    pairs = pairwise(matrices)
    return constant if any({one, other} <= set(constant) for one, other in pairs) else []


def _is_hidden(value: Reading, values: dict[str, Reading], matrices: Sequence[str]) -> bool:
    """Whether another matrix may take what this one gives: units at the end part by their targets.

    Places of a convolution may be taken by a linear layer that is as many times as wide.
    """
    rows, is_map = value.shape[0], len(value.shape) > 2
    wide = [values[name].shape[1] for name in matrices]
    return any(each == rows or (is_map and each % rows == 0) for each in wide)


def _stays_alike(value: Reading, grad: Reading | None) -> bool:
    """Whether a matrix has one number, and what is in its only long axis gets one gradient.

    Numbers of which each gets its own are no units of a layer: a length for each of two kernels.
    """
    if value.min != value.max:
        return False
    if grad is None or max(value.shape) < value.numel:
        return True
    return not grad.max - grad.min > _ROUNDING * max(abs(grad.max), abs(grad.min))


RULE = Rule("BT218", "units-alike", "warning", check, __doc__, needs=(FIRST_STEPS, FACTS))
