"""A shortcut is added twice: by a block and again by what calls it, or in two statements.

## What it sees
In the source of a file that calls a model, in a `forward`: a sum of one branch and, twice, of what
the branch was given. Either both stand in statements of their own, or the branch is a module whose
class stands in the file and whose `forward` returns its input and something more.

## Why it matters
What comes out is twice the input and the branch: every block doubles what passes through it, and
the more there are the less what they compute counts for. Ten such blocks make a thousandfold of
their input. A norm behind the sum hides the size, and not that the branch counts for half.

## Example
    out = self.block(x) + x
    return out + x

## Instead
    return self.block(x) + x

## When it is intended
A long shortcut round several short ones is left alone, and so is one round an `nn.Sequential` of
blocks, as networks for super-resolution have it.

## Source
github.com/yakhyo/darknet-pytorch, issue 2: the shortcut is added twice; github.com/yunzeliu/MAP,
issue 3: the blocks add it already.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such sum."""
    for slip in run.of(SlipSeen):
        if slip.kind == "shortcut-twice":
            yield RULE.found(
                f"{slip.name} is added here and in line {slip.beside} to one branch: its shortcut "
                "counts twice",
                "add it once",
                run.update_at(slip),
                slip.where,
            )
        if slip.kind == "shortcut-within":
            yield RULE.found(
                f"{slip.name} is added to what {slip.beside} returns, which has added it itself: "
                "the shortcut counts twice",
                f"add it in one place: here, or in the forward of {slip.beside}",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT580", "shortcut-added-twice", "warning", check, __doc__, needs=(FACTS,))
