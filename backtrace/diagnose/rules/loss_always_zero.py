"""A loss function returns zero in every call: it compares a thing with itself.

## What it sees
From the beginning on, calls of one loss function that are given other data each time and return
0, but for rounding, in at least ten calls over at least five updates.

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

from backtrace.diagnose.needs import BEGINNING, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled

_CALLS, _UPDATES = 10, 5
_ZERO = 1e-6  # rounding leaves 1e-8 of a mean of float32


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line whose loss function never said anything."""
    found: dict[tuple[str, str], list[LossCalled]] = {}
    for call in run.of(LossCalled):
        found.setdefault((call.where, call.function), []).append(call)
    for (where, function), calls in found.items():
        updates = {run.update_at(call) for call in calls if _is_nothing(call)}
        is_other_data = len({call.target for call in calls}) >= _UPDATES
        is_always = all(map(_is_nothing, calls))
        if is_always and is_other_data and len(calls) >= _CALLS and len(updates) >= _UPDATES:
            yield RULE.found(
                f"{function} returned 0 in each of its {len(calls)} calls, whatever it was given: "
                "its input and its target are the same thing",
                "compare what the model says with what it is to say: one of the two arguments is "
                "not what it is meant to be",
                min(updates),
                where,
                calls=len(calls),
                largest_value=max(abs(call.value or 0.0) for call in calls),
            )


def _is_nothing(call: LossCalled) -> bool:
    return call.value is not None and abs(call.value) < _ZERO


RULE = Rule("BT421", "loss-always-zero", "warning", check, __doc__, needs=(FACTS, BEGINNING))
