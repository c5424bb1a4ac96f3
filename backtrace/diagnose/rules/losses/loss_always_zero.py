"""A loss function returns zero in every call: it compares a thing with itself.

## What it sees
Over the whole run, one line's calls of a loss function return 0, but for rounding: at least ten,
over at least five updates, and on two batches or more; of a loss with a margin, on five or more.

## Why it matters
A term that is zero whatever the model says has no gradient: the model is trained by the other
terms alone. In distillation the student then learns nothing from its teacher.

## Example
    targets = F.softmax(teacher_logits, dim=-1)
    soft = F.kl_div(F.log_softmax(teacher_logits, dim=-1), targets)  # teacher against teacher

## Instead
    targets = F.softmax(teacher_logits, dim=-1)
    soft = F.kl_div(F.log_softmax(student_logits, dim=-1), targets)

## When it is intended
A penalty that is only to say something later on; it is zero by right until then.

## Source
"Distillation loss of the teacher with itself",
github.com/labmlai/annotated_deep_learning_paper_implementations, issue 66.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import CENSUS, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_CALLS, _UPDATES = 10, 5
_BATCHES = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line whose loss function never said anything."""
    for tally in run.census.losses if run.census else ():
        # Few batches may all be beyond a margin; an error of two of them is not zero by chance.
        enough = _UPDATES if _has_margin(tally.function) else _BATCHES
        is_other_data = len(tally.targets) >= enough
        is_often = tally.calls >= _CALLS and tally.updates >= _UPDATES
        if tally.zeros == tally.calls and is_other_data and is_often:
            yield RULE.found(
                f"{tally.function} returned 0 in each of its {tally.calls} calls, whatever it was "
                "given: its input and its target are the same thing",
                "compare what the model says with what it is to say: one of the two arguments is "
                "not what it is meant to be",
                tally.first,
                tally.where,
                calls=tally.calls,
                largest_value=tally.largest,
            )


def _has_margin(function: str) -> bool:
    return "margin" in function or "embedding" in function


RULE = Rule("BT421", "loss-always-zero", "warning", check, __doc__, needs=(FACTS, CENSUS))
