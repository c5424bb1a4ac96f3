"""The batches of a shuffled DataLoader's first pass come again and again, in the same order.

## What it sees
A DataLoader that shuffles gave one batch per update until it had no more. From then on it is not
asked any more, and the model is given the same batches in the same order, bit for bit.

## Why it matters
What is drawn at random, the order and the augmentation of each sample, is drawn once and never
again. The model learns these copies by heart, and they are all kept in memory.

## Example
    stream = itertools.cycle(loader)

## Instead
    def forever(loader):
        while True:
            yield from loader

    stream = forever(loader)

## When it is intended
Batches that are gathered in a list before the loop are left alone, and so is a loader that does
not shuffle.

## Source
itertools.cycle, Python documentation: it saves a copy of each element. facebookresearch/pytext,
pull request 86.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from backtrace.diagnose.needs import FACTS, UNSAMPLED
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.loader_facts import BatchDrawn

_ENOUGH = 3


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first update whose batch is that of a whole pass before."""
    windows = [window for window in run.windows if window.step and window.forwards]
    drawn = list(takewhile(lambda window: len(_shuffled(window)) == 1, windows))
    again = list(takewhile(lambda window: not window.of(BatchDrawn), windows[len(drawn) :]))
    batches, length = [_data(window) for window in drawn + again], len(drawn)
    if length < _ENOUGH or len(set(batches[:length])) < length or "" in batches:
        return
    if len(again) < _ENOUGH or batches[length:] != batches[:-length]:
        return
    loader = _shuffled(drawn[0])[0].loader
    yield RULE.found(
        f"{loader} shuffles, and after its first pass its {length} batches come again in the "
        "same order, bit for bit: they were kept, as by itertools.cycle",
        "begin the loader anew for each pass: `while True: yield from loader` in a generator",
        again[0].number,
        again[0].forwards[0].where,
        batches=length,
        updates_that_repeat=len(again),
    )


def _shuffled(window: Window) -> list[BatchDrawn]:
    return [draw for draw in window.of(BatchDrawn) if draw.shuffles and draw.iteration == 1]


def _data(window: Window) -> str:
    return window.forwards[0].data


RULE = Rule("BT424", "first-pass-again", "warning", check, __doc__, needs=(FACTS, UNSAMPLED))
