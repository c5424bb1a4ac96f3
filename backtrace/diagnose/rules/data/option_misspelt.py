"""An option is misspelt: what it was to choose is not chosen, and nothing says so.

## What it sees
In the source, a text that is given to a parameter, a variable or a key of a dict, that no
comparison of the file knows, and that is one letter away from one which the same name is compared
with. So it is with a key that is looked up with a default and is one letter away from a key of that
dict.

## Why it matters
An `if` without an `else`, or with one that does the usual thing, passes over what it does not know,
and `get` gives its default. The training runs without the option, as if it had been left out.

## Example
    class Triplets:
        def __init__(self, mining="seminard"):
            self.mining = mining

        def __call__(self, distances, margin):
            if self.mining == "semihard":
                distances = distances[distances < margin]

## Instead
    class Triplets:
        def __init__(self, mining="semihard"):
            self.mining = mining

        def __call__(self, distances, margin):
            if self.mining == "semihard":
                distances = distances[distances < margin]
            elif self.mining != "all":
                raise ValueError(f"mining: {self.mining!r}; 'semihard' or 'all'")

## When it is intended
Where the two are words of their own that happen to be alike.

## Source
github.com/WildlifeDatasets/wildlife-tools, issue 24.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that has such an option."""
    for event in run.of(SlipSeen):
        if event.kind == "misspelt":
            says = (
                f"{event.name!r} is compared with nothing in this file, {event.beside!r} is: what "
                "this option was to choose is not chosen"
            )
        elif event.kind == "misspelt-key":
            says = (
                f"{event.name!r} is no key of this dict, {event.beside!r} is: the default is taken"
            )
        else:
            continue
        yield RULE.found(
            says,
            f"write {event.beside!r}, and raise an error for what is not known",
            run.update_at(event),
            event.where,
            written=event.name,
        )


RULE = Rule("BT486", "option-misspelt", "warning", check, __doc__, needs=(FACTS,))
