"""A model is evaluated while it is handed right answers: teacher forcing is left on.

## What it sees
In the source, after `model.eval()`, a call of a model with its targets whose `forward` draws at
each step whether it goes on from the right answer, by a share that the call leaves at its default:
above 0 and below 1, and whatever the mode.

## Why it matters
The score is that of a model which is told some of the answers, and others at each evaluation. It is
better than what the model does by itself, and the best checkpoint is chosen by it.

## Example
    model.eval()
    output = model(source, target)  # forward(self, source, target, teacher_forcing_ratio=0.5)

## Instead
    model.eval()
    output = model(source, target, teacher_forcing_ratio=0)

## When it is intended
Where the loss is to be compared with that of training: hand the share over by its name. Of a
default of 1, as for the likelihood of a text, nothing is said.

## Source
github.com/keon/seq2seq, issue 8 and pull request 9: the evaluation forces half of the time.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such call."""
    for slip in run.of(SlipSeen):
        if slip.kind == "forced-evaluation":
            yield RULE.found(
                f"{slip.beside} evaluates with {slip.name}, the default of training: it is told "
                "some of the answers that it is scored by, others each time",
                f"turn it off in evaluation: {slip.name.partition('=')[0]}=0",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT570", "answers-handed-over", "warning", check, __doc__, needs=(FACTS,))
