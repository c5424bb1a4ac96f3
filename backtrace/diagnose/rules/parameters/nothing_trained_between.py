"""The loop goes on to evaluate, and trains no more.

## What it sees
After the last step of the run, or between two steps, one line takes a loss of the same data three
times or more, with the same value each time, and no backward runs in between.

## Why it matters
A generator or an iterator gives its batches once. Made before the loop over epochs, it is used up
after the first: the later epochs go through nothing, without an error, and every metric stays.

## Example
    batches = make_batches(data)      # a generator
    for epoch in range(epochs):
        for x, y in batches:          # empty from the second epoch on
            train(x, y)
        print(evaluate(model))

## Instead
    for epoch in range(epochs):
        for x, y in make_batches(data):
            train(x, y)

## When it is intended
A measure of speed takes the same loss again and again.

## Source
The Python tutorial, "Iterators": an iterator that is exhausted stays so.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS, UNSAMPLED
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.loss_facts import LossCalled

_TIMES = 3
Taken = tuple[str, str]  # the line, and the function


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first line that took the same losses again and again."""
    trained = {call.where for call in run.of(LossCalled) if call.input_from}
    for window in run.windows:
        if window.number == 1 and run.is_start:
            continue  # nothing was trained yet
        for (where, function), times in _repeated(window, trained).items():
            yield RULE.found(
                f"after update {window.number - 1} {function} was taken {times} times of the same "
                "data, with the same value: the loop went on, and nothing was trained in between",
                "see whether what is gone through to train is used up: a generator gives its "
                "batches once, and is to be made anew for each epoch",
                max(window.number - 1, 1),
                where,
                times=times,
            )
            return


def _repeated(window: Window, trained: set[str]) -> dict[Taken, int]:
    """Return the lines all of whose losses were taken alike several times, with how often."""
    found: dict[Taken, dict[tuple[str, float | None], int]] = {}
    for event in window.events:
        if isinstance(event, BackwardRan):
            found.clear()
        elif isinstance(event, LossCalled) and not event.input_from and event.where not in trained:
            if event.value is None:  # of no reduction: what it came to is not known
                continue
            of_line = found.setdefault((event.where, event.function), {})
            said = event.target, event.value
            of_line[said] = of_line.get(said, 0) + 1
    times = {taken: min(counts.values()) for taken, counts in found.items()}
    return {taken: count for taken, count in times.items() if count >= _TIMES}


RULE = Rule("BT222", "nothing-trained-between", "warning", check, __doc__, needs=(FACTS, UNSAMPLED))
