"""A layer of dropout drops nearly all that it is given, as if its `p` were what is kept.

## What it sees
A dropout layer whose `p` is 0.8 or more is called in training mode.

## Why it matters
torch's `p` is the probability of an element to be zeroed; elsewhere it is, or was, the probability
to be kept. With 0.9 a tenth of the elements is left, times ten: what follows trains on noise, while
evaluation, which drops nothing, looks better than training.

## Example
    nn.Dropout(0.9)  # keep_prob=0.9 of another library

## Instead
    nn.Dropout(0.1)

## When it is intended
Where nearly all is to be hidden, as in a denoising autoencoder's input.

## Source
torch.nn.Dropout, PyTorch documentation; tf.nn.dropout, TensorFlow documentation, whose `keep_prob`
became `rate`.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import LayerDropped

_NEARLY = 0.8


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that makes such a layer."""
    told: set[str] = set()
    for event in run.of(LayerDropped):
        if event.share >= _NEARLY and event.where not in told:
            told.add(event.where)
            yield RULE.found(
                f"nn.{event.type}(p={event.share:g}) zeroes {event.share:.0%} of what it is given: "
                "p is the probability of an element to be dropped, not to be kept",
                f"if {event.share:g} was to be kept, write nn.{event.type}({1 - event.share:.3g})",
                run.update_at(event),
                event.where,
                p=event.share,
            )


RULE = Rule("BT313", "drops-nearly-all", "warning", check, __doc__, needs=(FACTS,))
