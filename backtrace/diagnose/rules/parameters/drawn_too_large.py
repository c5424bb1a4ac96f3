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
from math import log, sqrt

from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import BEGINNING, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Event, Reading, StepTaken
from backtrace.ledger.filled_facts import DrawnLarge
from backtrace.ledger.loss_facts import LossCalled

_TIMES_A_GUESS = 3
_TIMES_THE_TARGETS = 5
_ERRORS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
_BINARY = "binary_cross_entropy_with_logits"


def check(run: Stretch) -> Iterator[Judgement]:
    """Give such weights together, at the first step, where the first loss shows them."""
    step = next(iter(run.steps), None)
    if step is None:
        return
    tied = {name for model in run.models.values() for name in model.tied}
    large = {
        each.name: each
        for each in _until(run, step)
        if isinstance(each, DrawnLarge) and each.name in step.values and each.name not in tied
    }
    loss = next((each for each in _until(run, step) if isinstance(each, LossCalled)), None)
    told = _tell(loss) if loss is not None and loss.input_from else ""
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


def _until(run: Stretch, step: StepTaken) -> Iterator[Event]:
    """Give what came before a step."""
    for event in run.events:
        if event is step:
            return
        yield event


def _tell(loss: LossCalled) -> str:
    """Return what the first loss says of outputs that are too large; '' where it says nothing."""
    if loss.function in _ERRORS and loss.output is not None and loss.expected is not None:
        size, wanted = _size(loss.output), _size(loss.expected)
        is_far = size > _TIMES_THE_TARGETS * wanted > 0
        return f"the first are {size:.3g}, and the targets {wanted:.3g}" if is_far else ""
    guess = log(2) if loss.function == _BINARY else 0.0
    if loss.function == "cross_entropy" and len(loss.input_shape) > 1:
        guess = log(loss.input_shape[1])
    if (
        loss.reduction != "mean"
        or loss.value is None
        or not loss.value > _TIMES_A_GUESS * guess > 0
    ):
        return ""
    return f"the first loss is {loss.value:.3g}, that of a guess {guess:.2g}"


def _size(reading: Reading) -> float:
    """Return a root mean square."""
    return reading.norm / sqrt(reading.numel) if reading.numel else 0.0


RULE = Rule("BT618", "drawn-too-large", "warning", check, __doc__, needs=(BEGINNING, FACTS))
