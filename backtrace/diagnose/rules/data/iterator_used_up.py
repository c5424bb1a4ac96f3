"""An iterator is gone through again after its end: nothing comes.

## What it sees
The iterator that `iter(loader)` gave is begun anew by a `for` loop, or by `zip` or `enumerate`,
after it had given its last batch; and none is drawn at that line afterwards. Or, in the
source: a `for` to its end, inside of a loop, through what `zip`, `map`, `iter`,
`model.parameters()` or a generator gave before that loop, or in `forward`, through a generator that
`__init__` kept. Or in a method that a loop calls, through `self.x` that `__init__` gave
`model.parameters()`.

## Why it matters
An iterator ends once. Every later epoch has no batches and is over at once: the model is trained
for one epoch, and what is printed after each is of the first.

## Example
    batches = iter(loader)
    for epoch in range(epochs):
        for x, y in batches:

## Instead
    for epoch in range(epochs):
        for x, y in loader:

## When it is intended
Taking what is left of an iterator, whether or not there is anything. One that is asked by `next`
and made anew at its end is left alone.

## Source
The Python Language Reference, "Iterator Types": once `__next__` raises StopIteration, it must
continue to do so.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import CENSUS, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loader_facts import BatchDrawn, SpentIteratorBegun
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each iterator that was begun again after its end, or will be by what is written."""
    yield from _find_spent(run)
    seen = {event.where for event in run.of(SpentIteratorBegun)}
    for slip in run.of(SlipSeen):
        if slip.kind == "kept-generator":
            yield RULE.found(
                f"forward goes through {slip.name}, and {slip.beside} gives what it has once: "
                "later calls find nothing there, and parameters() never does",
                f"keep the modules themselves: {slip.name} = nn.ModuleList(…)",
                run.update_at(slip),
                slip.where,
            )
        if slip.kind == "kept-parameters":
            yield RULE.found(
                f"this loop goes through {slip.name} whenever it is reached, and {slip.beside} "
                "gives what it has once: from the second time on it does nothing",
                f"keep the model, and ask it anew each time, or keep a list: {slip.name} = "
                f"list({slip.beside})",
                run.update_at(slip),
                slip.where,
            )
        if slip.kind == "used-up" and slip.where not in seen:
            yield RULE.found(
                f"{slip.name} is gone through in each round of a loop, and was made before it: "
                f"{slip.beside} gives what it has once, and nothing in the second round",
                f"make {slip.name} inside of the outer loop, or keep its items in a list: "
                f"{slip.name} = list(…)",
                run.update_at(slip),
                slip.where,
            )


def _find_spent(run: Stretch) -> Iterator[Judgement]:
    """Give each loader of which nothing is drawn any more, though its iterator is begun again."""
    begun: dict[str, list[SpentIteratorBegun]] = {}
    for event in run.events:
        if isinstance(event, SpentIteratorBegun):
            begun.setdefault(event.loader, []).append(event)
        elif isinstance(event, BatchDrawn) and any(
            each.where == event.where for each in begun.get(event.loader, ())
        ):  # at another line it is another loader, or loop
            del begun[event.loader]
    for loader, events in begun.items():
        first = events[0]
        yield RULE.found(
            f"the iterator of {loader} ended after {first.batches} batches and was gone through "
            "again: nothing came, then or later",
            "go through the loader itself in each epoch: for batch in loader, not over an "
            "iter(loader) that is made before the loop",
            run.update_at(first),
            first.where,
            batches_given=first.batches,
            times_begun_again=len(events),
        )


RULE = Rule("BT435", "iterator-used-up", "warning", check, __doc__, needs=(CENSUS, FACTS))
