"""A module's call writes over a setting of its own with what it makes of it for one batch.

## What it sees
In the source of a file that calls a model: `forward`, `__call__` or `__getitem__` assigns to an
attribute what it looks up in that attribute by its arguments, `self.alpha.gather(0, labels)` or
`self.weight[index]`; or assigns to a mask, a margin or another weight that times an argument, or
masked by one. The attribute is what `__init__` was given, no other method writes it, and nothing
puts it back.

## Why it matters
The first call finds what was set. The second finds what was made of the first batch, and looks up
in that: the weights of classes become weights of rows, and soon are all one number. Where shapes
fit, nothing is raised.

## Example
    def forward(self, logits, labels):
        self.alpha = self.alpha.gather(0, labels)
        return (self.alpha * F.cross_entropy(logits, labels, reduction="none")).mean()

## Instead
    def forward(self, logits, labels):
        alpha = self.alpha.gather(0, labels)
        return (alpha * F.cross_entropy(logits, labels, reduction="none")).mean()

## When it is intended
What is carried from call to call, such as a state, a memory or a running mean: nothing is said of
what is called so, of sums, or of what begins as zeros or ones.

## Source
github.com/yatengLG/Focal-Loss-Pytorch, issue 9.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each setting that a call writes over."""
    for event in run.of(SlipSeen):
        if event.kind == "setting":
            yield RULE.found(
                f"{event.name} is written over by {event.beside}: from the second call on it is "
                "what was made of an earlier batch, and no more what was set",
                f"give that a variable of its own, and leave {event.name} as it is",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT548", "setting-written-over", "warning", check, __doc__, needs=(FACTS,))
