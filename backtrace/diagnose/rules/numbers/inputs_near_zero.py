"""What a model's first layer is given is near zero in every batch, as if it were scaled twice.

## What it sees
In at least five calls of a model over eight updates or more, no element of what its first linear
or convolutional layer was given is larger than 0.01 without its sign, and the model has no
normalisation.

## Why it matters
Layers are initialised for inputs of about one. What is a hundred times smaller vanishes beside the
biases, and the gradients of the first weights are as much smaller: with SGD they hardly move.

## Example
    x = transform(image)  # divides by 255, and normalises
    x = x / 255

## Instead
    x = transform(image)

## When it is intended
Where the numbers have a unit that makes them so small, as metres have for waves of light: give
them in another one, or normalise them.

## Source
"Efficient BackProp", Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, 1998, section 4.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import InputsNearZero

_NEAR_ZERO = 0.01
_CALLS, _UPDATES = 5, 8


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model that was given nothing larger in any call that was looked at."""
    looks: dict[str, list[InputsNearZero]] = {}
    for event in run.of(InputsNearZero):
        looks.setdefault(event.module, []).append(event)
    for module, found in looks.items():
        numbers = [run.update_at(each) for each in found]
        largest = max(each.largest for each in found)
        is_long = len(found) >= _CALLS and numbers[-1] - numbers[0] >= _UPDATES - 1
        if is_long and largest <= _NEAR_ZERO:
            first = found[0]
            yield RULE.found(
                f"nothing that the first layer of {module} ({first.type}) was given is larger than "
                f"{largest:.2g}: layers are initialised for inputs of about 1",
                "look at how the inputs are scaled: a division by 255 (or by the deviation) may be "
                "made twice",
                numbers[0],
                first.where,
                largest_input=largest,
                batches_looked_at=len(found),
            )


RULE = Rule("BT316", "inputs-near-zero", "warning", check, __doc__, needs=(FACTS,))
