"""Each turn of a loop fits a net of skorch's from the start: earlier turns are lost.

## What it sees
In the source, a loop that calls `net.fit(…)` of one net and does nothing else with it but print;
the net is used behind the loop, makes its module of a class, and is not made with
`warm_start=True`. Of a loop over epochs, on the same data in each, it may be used within the loop.
A loop over folds, seeds or trials is none.

## Why it matters
`fit` is scikit-learn's: each call begins with new weights and a new optimizer. What is used in the
end has learned of the last turn alone, however many parts of the data or epochs there were.

## Example
    for x, y in parts:
        net.fit(x, y)
    net.predict(test)

## Instead
    for x, y in parts:
        net.partial_fit(x, y)
    net.predict(test)

Or make the net with `warm_start=True`.

## When it is intended
Where the runs are to be compared by what they print, and the last one is as good as any.

## Source
github.com/skorch-dev/skorch, issue 376, which quotes its FAQ: training starts from zero where `fit`
is called more than once.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such fit."""
    for slip in run.of(SlipSeen):
        if slip.kind == "fitted-each-turn":
            yield RULE.found(
                f"each turn of this loop begins {slip.name} anew: what line {slip.beside} uses has "
                "learned of the last turn alone",
                f"{slip.name}.partial_fit(…), or make {slip.name} with warm_start=True",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT597", "fitted-each-turn", "warning", check, __doc__, needs=(FACTS,))
