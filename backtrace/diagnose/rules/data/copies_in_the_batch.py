"""A batch holds a few rows, again and again.

## What it sees
In every call that was looked at, over at least eight updates, at most eight of a model's input
rows are distinct, a tenth of all; all that the model was given belongs to a row. Inputs of whole
numbers are not looked at, nor what another module made of them, nor what comes with a graph.

## Why it matters
The model is trained on a handful of examples, whatever the data set holds. A sampler that was
given one weight for each class, and not for each example, draws the first few examples alone; a
buffer that was filled with one and the same list holds the newest entry as often as it has entries.

## Example
    weights = 1 / class_counts                       # one for each class
    sampler = WeightedRandomSampler(weights, len(dataset))

## Instead
    weights = (1 / class_counts)[labels]             # one for each example
    sampler = WeightedRandomSampler(weights, len(dataset))

## When it is intended
One example is repeated to see whether the model can learn it by heart.

## Source
"Sampler weights are per class", github.com/deep-voice/soundbay, pull request 49;
torch.utils.data.WeightedRandomSampler: the weights are those of the elements.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.source_facts import LineAlone

_MOST, _SHARE = 8, 0.1
_CALLS, _UPDATES = 4, 8


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each model all of whose batches were so."""
    looked_at: dict[str, list[ForwardRan]] = {}
    for call in run.of(ForwardRan):
        if call.looked_at:
            looked_at.setdefault(call.module, []).append(call)
    for module, calls in looked_at.items():
        numbers = [run.update_at(call) for call in calls]
        is_long = len(calls) >= _CALLS and numbers[-1] - numbers[0] >= _UPDATES - 1
        if is_long and all(map(_is_few, calls)):
            last = calls[-1]
            yield RULE.found(
                f"{last.distinct} of the {last.looked_at} rows that {module} was given are "
                "distinct, and hardly more in any batch: the others are copies",
                "look at what draws the batches: a sampler wants one weight for each example, and "
                "a list that is kept is to be a new one each time",
                numbers[0],
                _sampler_of(run, last) or last.where,
                rows=last.looked_at,
                distinct_rows=last.distinct,
                batches_looked_at=len(calls),
            )


def _sampler_of(run: Stretch, call: ForwardRan) -> str:
    """Return the one line that makes a sampler of few weights, if loaders have no other by weights.

    '' where there is none: it draws no more different rows than it has weights.
    """
    weights = {batch.weights for batch in run.of(BatchDrawn)} - {None}
    lines = {event.where for event in run.of(LineAlone) if event.what == "sampler"}
    is_its = bool(weights) and all(call.distinct <= (each or 0) <= _MOST for each in weights)
    return lines.pop() if is_its and len(lines) == 1 else ""


def _is_few(call: ForwardRan) -> bool:
    return call.distinct <= min(_MOST, _SHARE * call.looked_at)


RULE = Rule("BT423", "copies-in-the-batch", "warning", check, __doc__, needs=(FACTS,))
