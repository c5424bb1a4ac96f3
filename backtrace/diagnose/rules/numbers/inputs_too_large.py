"""Inputs are far larger than what a layer is initialised for: the first outputs are far off.

## What it sees
The first layer of a model without a normalisation is given numbers of 50 or more in most rows, and
the first loss shows it: a cross entropy is more than three times what a guess would come to, or the
outputs are more than five times as large as the targets of a squared or absolute error.

## Why it matters
Layers are initialised for inputs of about 1. Those of pixels from 0 to 255, of prices or of a
count of steps make the outputs as many times too large, and the gradients of the first layer with
them: sigmoids are saturated, ReLUs die, and a rate that suits all other layers is too large for
the first.

## Example
    loss = F.cross_entropy(model(pixels.float()), labels)  # 0 to 255

## Instead
    loss = F.cross_entropy(model(pixels.float() / 255), labels)

## When it is intended
Hardly ever: a pretrained model that wants pixels as they are gives a first loss as it should be,
and nothing is said.

## Source
LeCun et al., "Efficient BackProp", 1998, section 4.3: inputs are to have a mean of about 0 and a
deviation of about 1; CS231n, Stanford University: "Neural Networks Part 2", data preprocessing.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.first_losses import before, tell_first_loss
from backtrace.diagnose.needs import BEGINNING, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import ColumnsUnlike, InputsLarge

_MOST = 0.5  # of the rows


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first model that was given such inputs before the first step."""
    step = next(iter(run.steps), None)
    if step is None:
        return
    large = next((each for each in before(run, step) if isinstance(each, InputsLarge)), None)
    told = tell_first_loss(run, step)
    unlike = {event.module for event in run.of(ColumnsUnlike)}  # of which BT319 says more
    is_usual = large is not None and large.rows > _MOST  # else a few rows are far out
    if large is not None and is_usual and told and large.module not in unlike:
        yield RULE.found(
            f"{large.module} is given numbers as large as {large.largest:.3g}: {told}",
            f"scale what {large.module} is given to about 1, by the mean and the deviation of the "
            "training data (pixels: divide by 255)",
            run.update_at(large),
            large.where,
            largest=large.largest,
        )


RULE = Rule("BT619", "inputs-too-large", "warning", check, __doc__, needs=(BEGINNING, FACTS))
