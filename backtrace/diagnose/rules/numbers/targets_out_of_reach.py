"""Targets are thousands, and what the model says is far from them and hardly moves.

## What it sees
A squared or absolute error, the only loss of a run of 30 updates or more, of targets whose root
mean square is 1,000 or more in every call, while that of what the model says stays below a
twentieth of it from the first call to the last, and the loss does not fall by a tenth.

## Why it matters
Layers are initialised to return about 1, and an optimizer such as Adam moves a value by about its
rate in each step: to say 300,000 takes as many steps as that. Where the rate is large enough,
gradients of this size overturn the weights instead.

## Example
    loss = F.mse_loss(model(x), price)

## Instead
    mean, std = price.mean(), price.std()
    loss = F.mse_loss(model(x), (price - mean) / std)

## When it is intended
Where the first updates of a long run are looked at, and the rate is large enough for the rest.

## Source
Bishop, "Neural Networks for Pattern Recognition", 1995, section 8.2 (scaling of inputs and
targets); "MSE loss is huge and does not go down", discuss.pytorch.org."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS, UNSAMPLED
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Reading
from backtrace.ledger.loss_facts import LossCalled

_FUNCTIONS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
_ENOUGH = 30
_LARGE = 1_000.0
_NEAR = 0.05
_FALLEN = 0.9


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the one loss of a run whose targets the model does not come near."""
    sites = trained_losses(run)
    if len(sites) != 1 or len(run.steps) < _ENOUGH:
        return
    ((where, function), calls) = next(iter(sites.items()))
    if function not in _FUNCTIONS or len(calls) < _ENOUGH or not all(map(_is_far, calls)):
        return
    first, last = calls[0], calls[-1]
    if first.value is None or last.value is None or not last.value > _FALLEN * first.value:
        return
    wanted, said = _size_of(last.expected), _size_of(last.output)
    yield RULE.found(
        f"the targets of {function} are about {wanted:.3g}, and after {len(calls)} calls the model "
        f"says about {said:.3g}",
        "scale the targets: take away their mean and divide by their deviation, and undo it when "
        "the model is asked",
        run.update_at(calls[_ENOUGH - 1]),
        where,
        target=wanted,
        output=said,
        calls=len(calls),
    )


def _is_far(call: LossCalled) -> bool:
    wanted = _size_of(call.expected)
    return wanted >= _LARGE and _size_of(call.output) < _NEAR * wanted


def _size_of(reading: Reading | None) -> float:
    """Return the root mean square of what was read."""
    return reading.norm / sqrt(reading.numel) if reading is not None and reading.numel else 0.0


RULE = Rule("BT467", "targets-out-of-reach", "warning", check, __doc__, needs=(FACTS, UNSAMPLED))
