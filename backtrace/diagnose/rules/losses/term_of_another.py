"""Of two terms that belong together, one is computed from what is not its own.

## What it sees
In the source of a file that calls a model: two statements whose variables differ in a number, a
letter or a couple such as `left` and `right`, and which compute the same loss, variance or mean of
the same, word for word, though the other is there: `std_y = x.std(0)` behind `std_x = x.std(0)`
where there is a `y`. A sum that has one term twice, where the variable that the second should be of
is read nowhere; and `x = x + x` in a `forward`, right behind `x = attention(x)`. And of two
deviations that are held above a bound, one that is taken over the rows of a distance or another
single number for each row, beside one of features.

## Why it matters
What is left out trains nothing, or is held by nothing. Of a loss of two views, as in VICReg, the
second may become the same for all rows, and the loss says it is fine.

## Example
    std_x = torch.sqrt(x.var(dim=0) + 1e-4)
    std_y = torch.sqrt(x.var(dim=0) + 1e-4)

## Instead
    std_x = torch.sqrt(x.var(dim=0) + 1e-4)
    std_y = torch.sqrt(y.var(dim=0) + 1e-4)

## When it is intended
One value by two names is written so: `std_y = std_x`.

## Source
github.com/ruiking04/COCA, issue 4; github.com/YuliangXiu/ICON, issue 205; Bardes, Ponce and LeCun,
"VICReg", 2022, algorithm 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

_SAID = {
    "repeated": "{name} is what {beside} is, word for word: of the two that belong together, one "
    "counts twice, and the other not at all",
    "added-twice": "the sum has {name} twice, and nothing reads {beside}, which belongs to it",
    "doubled": "{name} is added to itself, after `{beside}` has written over it: it is doubled, "
    "and what it was before is lost",
    "unlike": "{name} is the spread of {beside}, which is one number for each row, beside the "
    "spread of features: nothing keeps the features of the other view apart",
}
_FIXES = {
    "repeated": "compute it from the other of the two",
    "added-twice": "put {beside} into one of the two terms",
    "doubled": "keep what it was under another name, and add that",
    "unlike": "take the spread of that view's own features",
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each term that is computed from what is not its own."""
    for event in run.of(SlipSeen):
        if event.kind in _SAID:
            yield RULE.found(
                _SAID[event.kind].format(name=event.name, beside=event.beside),
                _FIXES[event.kind].format(beside=event.beside),
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT550", "term-of-another", "warning", check, __doc__, needs=(FACTS,))
