"""Weight decay by hand has the wrong sign: what it is to shrink, it makes larger.

## What it sees
In the source, a multiple of a tensor that is taken away from the gradient of that tensor: by `-=`,
`sub_`, `add_` with a negative factor, or a difference that is assigned. The factor is a number, or
is called as a decay is (`decay`, `wd`, `l2` …).

## Why it matters
A step goes against the gradient. The penalty `decay / 2 * p ** 2` has the gradient `decay * p`,
which is added; taken away, each step makes every value larger by a share of itself.

## Example
    for p in model.parameters():
        p.grad -= decay * p

## Instead
    for p in model.parameters():
        p.grad += decay * p  # or weight_decay of the optimizer

## When it is intended
Where an optimizer goes up, with `maximize=True`; that is left alone. So is the part of a gradient
along the values, which has a factor of its own.

## Source
github.com/chainer/chainer, issue 261; torch.optim.SGD, PyTorch documentation: `weight_decay` is
added to the gradient.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line with such a sign, where no optimizer goes up."""
    groups = [group for seen in run.optimizers.values() for group in seen.groups]
    if not groups or any(group.options.get("maximize") for group in groups):
        return  # by hand one may go up
    for event in run.of(SlipSeen):
        if event.kind == "decay":
            yield RULE.found(
                f"a multiple of {event.name} is taken away from {event.name}.grad: each step makes "
                "the values larger, where a decay is to shrink them",
                f"add it: {event.name}.grad += decay * {event.name}, or give the optimizer "
                "weight_decay",
                run.update_at(event),
                event.where,
                written=event.beside,
            )


RULE = Rule("BT485", "decay-turned-round", "warning", check, __doc__, needs=(FACTS,))
