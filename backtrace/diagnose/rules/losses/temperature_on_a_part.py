"""Only some of the similarities that a softmax compares are divided by the temperature.

## What it sees
In the source of a file that calls a model: similarities that are joined by `torch.cat` and go into
a softmax, or are returned, where some of the joined parts were divided by a temperature or scaled,
and others, products as well, were not, nor was anything after the join.

## Why it matters
The softmax compares numbers of two scales. At a temperature of 0.1 a negative that is as near as
the positive counts for ten times as much: the loss says which part was divided, and pushes the
vectors apart instead of pairing them.

## Example
    logits = torch.cat([positive, negative / temperature], dim=1)

## Instead
    logits = torch.cat([positive, negative], dim=1) / temperature

## When it is intended
Hardly ever. A part that is scaled in a function of its own is not looked into.

## Source
"Implemented NCE loss", github.com/RElbers/info-nce-pytorch, pull request 17 (the temperature is not
applied to the positive logits); van den Oord et al., "Representation Learning with Contrastive
Predictive Coding", 2018.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each join of such similarities."""
    for event in run.of(SlipSeen):
        if event.kind == "part-scaled" and len(run.steps) >= _ENOUGH:
            yield RULE.found(
                f"{event.beside} is scaled by a temperature, and {event.name} beside it is not: "
                "the softmax compares numbers of two scales",
                "divide all of them by the temperature, after they are joined",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT477", "temperature-on-a-part", "warning", check, __doc__, needs=(FACTS,))
