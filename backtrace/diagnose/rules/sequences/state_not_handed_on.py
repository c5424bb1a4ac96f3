"""A recurrent layer begins each step in time with the same state: none is handed on.

## What it sees
In two updates or more, a recurrent layer or cell that was called four times in a row or more, with
one step in time each and one and the same state, which other layers made; and that was never given
a state that it had returned.

## Why it matters
What was written so far is forgotten at each step: every place of the output depends on its own
input and the beginning alone. A decoder learns to tell words from the word before, not from the
sentence.

## Example
    for t in range(length):
        output, _ = self.gru(embedded[:, t : t + 1], encoded)

## Instead
    state = encoded
    for t in range(length):
        output, state = self.gru(embedded[:, t : t + 1], state)

## When it is intended
Four inputs or more that are tried from one state, each a single step far, as in a search.

## Source
"NLP From Scratch: Translation with a Sequence to Sequence Network and Attention", PyTorch
tutorials: the decoder's hidden state is handed from step to step.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import StateTakenAgain

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls a layer so, seen in two updates."""
    lines: dict[str, dict[int, StateTakenAgain]] = {}
    for event in run.of(StateTakenAgain):
        lines.setdefault(event.where, {}).setdefault(run.update_at(event), event)
    for where, found in lines.items():
        if len(found) >= _ENOUGH:
            number, event = next(iter(found.items()))
            yield RULE.found(
                f"{event.type} was called {event.times} times in a row or more, a step in time "
                "each, with the same state, and never with one that it had returned",
                "hand the state on: output, state = layer(x, state)",
                number,
                where,
                times_in_a_row=event.times,
                updates=len(found),
            )


RULE = Rule("BT437", "state-not-handed-on", "warning", check, __doc__, needs=(FACTS,))
