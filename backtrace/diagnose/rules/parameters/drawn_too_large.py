"""Weights are drawn too large for their number of inputs: the first outputs are far off.

## What it sees
Before the first step the weights of a Linear or a convolution make the deviation of independent
inputs more than four times as large: their root mean square times the root of how many inputs an
output adds up. And the first loss shows it: a cross entropy is more than three times what a guess
would come to, or the outputs are more than five times as large as the targets of a squared or
absolute error.

## Why it matters
An output adds up as many products as there are inputs, so its deviation grows with the root of
their number. Drawn with a deviation of 1, a layer of 64 inputs makes outputs that are eight times
as large as they, and each further layer does so again. Sigmoids and tanhs are saturated, a softmax
is sure of wrong classes, and the beginning of the training is spent on undoing that.

## Example
    nn.init.normal_(layer.weight)  # a deviation of 1

## Instead
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")  # sqrt(2 / inputs)

## When it is intended
For showing what a bad initialisation does. Where a layer behind it scales its outputs down again,
as a normalisation does, the first loss is as it should be, and nothing is said.

## Source
Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks",
2010; He et al., "Delving Deep into Rectifiers", 2015, section 2.2; the documentation of
`torch.nn.init`: `normal_` has `std=1.0`.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.first_losses import before, tell_first_loss
from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import BEGINNING, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.filled_facts import DrawnLarge


def check(run: Stretch) -> Iterator[Judgement]:
    """Give such weights together, at the first step, where the first loss shows them."""
    step = next(iter(run.steps), None)
    if step is None:
        return
    tied = {name for model in run.models.values() for name in model.tied}
    large = {
        each.name: each
        for each in before(run, step)
        if isinstance(each, DrawnLarge) and each.name in step.values and each.name not in tied
    }
    told = tell_first_loss(run, step)
    if not large or not told:
        return
    most = max(large.values(), key=lambda each: each.gain)
    lines = dict.fromkeys(each.where for each in large.values() if each.where)
    yield RULE.found(
        f"{listed(list(large))} {'was' if len(large) == 1 else 'were'} drawn so large that outputs "
        f"are up to {most.gain:.2g} times their inputs: {told}",
        "draw them smaller, by the root of the number of inputs, as nn.init.kaiming_normal_ and "
        "xavier_uniform_ do; nn.init.normal_ alone has a deviation of 1",
        run.update_at(step, step.optimizer),
        next(iter(lines), "") or step.where,
        tuple(large),
        step.optimizer,
        gain=most.gain,
    )


RULE = Rule("BT618", "drawn-too-large", "warning", check, __doc__, needs=(BEGINNING, FACTS))
