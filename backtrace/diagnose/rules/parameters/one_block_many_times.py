"""A list of blocks holds one and the same block several times.

## What it sees
A `ModuleList` or `Sequential` in which one block with parameters stands two or more times in a row,
and a forward in which that block is called on what it has just given, also where a shortcut, a norm
or an activation stands between, or twice in a row on one and the same input.

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

from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import BlockRepeated


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each list that holds one block."""
    lists: dict[tuple[str, str, int], list[BlockRepeated]] = {}
    for event in run.of(BlockRepeated):
        alike = lists.setdefault((event.where, event.type, event.count), [])
        if event.container not in [each.container for each in alike]:
            alike.append(event)
    for (where, kind, count), events in lists.items():
        # A comprehension makes several such lists in one line.
        names = listed([event.container for event in events])
        yield RULE.found(
            f"{names} {'each hold' if len(events) > 1 else 'holds'} one {kind} {count} times: "
            "these layers all have the same weights",
            f"make each anew: [{kind}(...) for _ in range({count})]",
            run.update_at(events[0]),
            where,
            times=count,
        )


RULE = Rule("BT219", "one-block-many-times", "warning", check, __doc__, needs=(FACTS,))
