"""The best value so far is overwritten by the newest one, whether or not that is better.

## What it sees
In the source, in a loop: an `if` that compares a value with one that is called the best, and behind
it, in the same block, the best is given that value, whatever the answer was. Or the best is given
what a function of the file returns that was handed it: it compares a value with it, and returns
that value in any case.

## Why it matters
What is called the best is the last. Each value is compared with the one before it: after a bad
evaluation the next is "better" whatever it is, and the model that is kept as the best, or the
patience that is counted, goes by that.

## Example
    if val_loss < best_loss:
        torch.save(model.state_dict(), "best.pt")
    best_loss = val_loss

## Instead
    if val_loss < best_loss:
        torch.save(model.state_dict(), "best.pt")
        best_loss = val_loss

Of a function: `return min(val_loss, best_loss)`.

## When it is intended
Where each value is to be compared with the one before; then it is the last one, not the best.

## Source
github.com/nnaisense/bayesian-flow-networks, issue 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such line."""
    for slip in run.of(SlipSeen):
        if slip.kind == "best-written-over":
            yield RULE.found(
                f"{slip.name} is given the newest {slip.beside} here, whether or not it is better: "
                "the next is compared with the last one, not with the best",
                f"give {slip.name} the value of {slip.beside} only where it is better",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT412", "best-written-over", "warning", check, __doc__, needs=(FACTS,))
