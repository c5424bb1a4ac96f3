"""An output layer shares a matrix that was drawn as embeddings are: its first answers are far off.

## What it sees
A Linear and an Embedding of one model have one weight, whose elements are 0.5 or more in their
root mean square before the first step, and the first cross entropy over as many classes as it has
rows is more than three times what a guess would come to, the logarithm of their number.

## Why it matters
An Embedding is drawn with a deviation of 1, a Linear with one of about one by the root of its
width. As an output layer, the first makes scores that are as many times too large: the model is
sure of wrong words, and the beginning of the training is spent on undoing that.

## Example
    self.head.weight = self.embedding.weight

## Instead
    nn.init.normal_(self.embedding.weight, std=0.02)
    self.head.weight = self.embedding.weight

## When it is intended
Hardly ever. Where what the output layer is given is scaled down, as T5 has it, the first loss is
about that of a guess, and nothing is said.

## Source
discuss.pytorch.org/t/unexpected-behavior-with-weight-sharing-between-nn-linear-and-nn-embedding/212223;
Press and Wolf, "Using the Output Embedding to Improve Language Models", 2017.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log, sqrt

from backtrace.diagnose.needs import BEGINNING, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import SlipSeen

_LARGE = 0.5  # an Embedding is drawn at 1; GPT-2's weights are 0.14 when trained
_TIMES = 3
_FEW = 10  # classes


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such weight, at the first step that moves it."""
    for name in dict.fromkeys(name for model in run.models.values() for name in model.tied):
        step = next((each for each in run.steps if name in each.values), None)
        size = _size_before(step, name) if step is not None else 0.0
        shape = run.parameters[name].shape if name in run.parameters else ()
        if step is None or size < _LARGE or len(shape) != 2 or shape[0] < _FEW:
            continue
        loss = next((each for each in run.of(LossCalled) if _is_over(each, shape[0])), None)
        guess = log(shape[0])
        if loss is not None and loss.value is not None and loss.value > _TIMES * guess:
            yield RULE.found(
                f"{name} is the output layer's weight, too, and its elements are of the size "
                f"{size:.2g}: the first loss is {loss.value:.4g}, that of a guess {guess:.3g}",
                "draw the shared matrix smaller, as by nn.init.normal_(weight, std=0.02), or tie "
                "the other way round: the embedding is given the output layer's weight",
                run.update_at(step, step.optimizer),
                _line(run) or loss.where,
                (name,),
                step.optimizer,
                first_loss=loss.value,
                loss_of_a_guess=guess,
            )


def _size_before(step: StepTaken, name: str) -> float:
    """Return the root mean square of a parameter before a step."""
    before = step.values[name].before
    return before.norm / sqrt(before.numel) if before is not None and before.numel else 0.0


def _is_over(loss: LossCalled, classes: int) -> bool:
    """Whether a loss is a mean over rows of a cross entropy over so many classes."""
    is_plain = loss.function == "cross_entropy" and loss.reduction == "mean"
    return is_plain and bool(loss.input_from) and loss.input_shape[1:2] == (classes,)


def _line(run: Stretch) -> str:
    """Return the one line that ties two layers; '' where there is none, or several."""
    lines = {slip.where for slip in run.of(SlipSeen) if slip.kind == "tie"}
    return lines.pop() if len(lines) == 1 else ""


RULE = Rule("BT609", "tied-too-large", "warning", check, __doc__, needs=(BEGINNING, FACTS))
