"""Every target is the same number.

## What it sees
On different inputs, the only loss of the run was given targets that are all one value, 64 of them
at least (24 of three classes or more): one class for a classifier, one number other than 0 and 1
for a regression.

## Why it matters
The model learns to say that number whatever it is given, and the loss falls to zero quickly: it
looks as if training went well. The labels were lost on the way, or the data are sorted by them.

## Example
    y = torch.zeros(len(x), dtype=torch.long)
    loss = F.cross_entropy(model(x), y)

## Instead
    loss = F.cross_entropy(model(x), labels)

## When it is intended
Contrastive losses put the right answer in column 0, adversarial losses have targets of ones and
zeros, residuals are driven to zero. The logits of the first come from a product and not from a
layer, or from a convolution over the candidates, the others have several losses or the targets 0 or
1; this rule is silent there.

## Source
"A Recipe for Training Neural Networks", A. Karpathy, 2019 ("become one with the data").
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.facts import BatchDrawn
from backtrace.ledger.loss_facts import LossCalled

_CLASSIFIERS = ("cross_entropy", "nll_loss", "multi_margin_loss")
_BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")
_LAYERS = ("Addmm", "Add", "LogSoftmax", "Convolution", "Linear")
_ENOUGH = 3
_TARGETS = 64  # fewer may be of one kind by chance, when the other is rare
_TARGETS_OF_MANY = 24  # the same, where there are three classes or more


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the one loss of a run whose targets are one value in the first three updates."""
    sites = trained_losses(run)
    if len(sites) != 1:
        return
    ((where, function), calls) = next(iter(sites.items()))
    judged = [call for call in calls if call.target_min is not None and _rows(call) > 1]
    values = {value for call in judged for value in (call.target_min, call.target_max)}
    if len(values) != 1 or len(_data(run)) < _ENOUGH or len(judged) < _ENOUGH:
        return
    value, count = values.pop(), sum(map(_rows, judged))
    if value is None or count < _least(judged[0]) or not _is_telling(run, judged[0], value):
        return
    yield RULE.found(
        f"every target that {function} was given is {value:g}",
        "look where the labels are made: they should differ from row to row; shuffle the data if "
        "they are sorted by label",
        run.update_at(judged[1]),
        where,
        target=value,
        targets=count,
        calls=len(judged),
    )


def _is_telling(run: Stretch, call: LossCalled, value: float) -> bool:
    """Whether one value for all cannot be meant."""
    if call.function in _CLASSIFIERS:
        if len(call.input_shape) > 1 and call.input_shape[1] == 1:
            return False  # one class only: that is the thing to mend
        is_scored = call.input_from.startswith("Convolution") and len(call.input_shape) == 2
        return call.input_from.startswith(_LAYERS) and not (is_scored and value == 0)
    if call.function in _BINARY:  # of data that were loaded, and of no game
        return any(run.of(BatchDrawn)) and len({step.optimizer for step in run.steps}) == 1
    return value not in (0.0, 1.0, -1.0) and "float" in call.target_dtype


def _least(call: LossCalled) -> int:
    """Return how many targets must be alike."""
    has_many = call.function in _CLASSIFIERS and call.input_shape[1:2] > (2,)
    return _TARGETS_OF_MANY if has_many else _TARGETS


def _rows(call: LossCalled) -> int:
    return call.target_shape[0] if call.target_shape else 1


def _data(run: Stretch) -> set[str]:
    """Return the different inputs of the calls that a step followed."""
    stepped: list[Window] = [window for window in run.windows if window.step]
    return {forward.data for window in stepped for forward in window.forwards}


RULE = Rule("BT405", "constant-target", "warning", check, __doc__, needs=(FACTS,))
