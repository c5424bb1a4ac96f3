"""A list of blocks holds one and the same block several times.

## What it sees
A `ModuleList` or `Sequential` in which one block with parameters stands two or more times in a row,
and a forward in which that block is called on what it has just given.

## Why it matters
`[Block()] * n` makes one block and n references to it. The net is as deep as it looks and has the
weights of one layer: it learns less than it could, and nothing says so.

## Example
    self.blocks = nn.ModuleList([Block()] * 6)

## Instead
    self.blocks = nn.ModuleList([Block() for _ in range(6)])

## When it is intended
To share weights between layers, call the one block in a loop; that is not looked at. Nor is a head
that stands in a list several times and is called on different inputs.

## Source
"Intentional weight sharing in ResidualStack?", github.com/zalandoresearch/pytorch-vq-vae, issue 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import BlockRepeated


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each list that holds one block."""
    for event in run.of(BlockRepeated):
        yield RULE.found(
            f"{event.container} holds one {event.type} {event.count} times: these layers all have "
            "the same weights",
            f"make each anew: [{event.type}(...) for _ in range({event.count})]",
            run.update_at(event),
            event.where,
            times=event.count,
        )


RULE = Rule("BT219", "one-block-many-times", "warning", check, __doc__, needs=(FACTS,))
