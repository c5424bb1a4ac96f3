"""A line does nothing: its result is thrown away, or the method in it is never called.

## What it sees
In the source of a file that calls a model, a statement that is nothing but a call which gives a new
tensor and leaves its own as it is (`h.detach()`, `w.data.clamp(-1, 1)`, `F.dropout(x)`), though
there is one that writes in place; or one that names `step`, `backward`, `zero_grad`, `train` or
`eval` without the parentheses that call it.

## Why it matters
The line reads as if it were done. Weights are not clamped, a state keeps its graph, gradients are
not scaled, and nothing says so.

## Example
    for weight in critic.parameters():
        weight.data.clamp(-0.01, 0.01)

## Instead
    for weight in critic.parameters():
        weight.data.clamp_(-0.01, 0.01)

## When it is intended
A method of a class of your own with such a name, which writes in place.

## Source
"In-place operations on Tensors", PyTorch documentation, torch.Tensor: names that end with `_`.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import StatementIdle


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each statement that does nothing."""
    for event in run.of(StatementIdle):
        yield RULE.found(_say(event), _advise(event), run.update_at(event), event.where)


def _say(event: StatementIdle) -> str:
    if event.is_called:
        return f"{event.text} gives a new tensor, which is thrown away: nothing was changed"
    return f"{event.text} names a method and does not call it: nothing was done"


def _advise(event: StatementIdle) -> str:
    if not event.is_called:
        return f"call it: {event.text}()"
    if event.in_place:
        return f"keep what it gives, x = x.…, or write in place with {event.in_place}"
    return "keep what it gives: x = …"


RULE = Rule("BT446", "statement-idle", "warning", check, __doc__, needs=(FACTS,))
