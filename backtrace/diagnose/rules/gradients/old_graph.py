"""Backward walks into the graph of an earlier update.

## What it sees
`backward` failed because the graph was freed by a backward before, or because a step has changed
values that the graph of an earlier update still needs.

## Why it matters
Something made in an earlier update, such as a hidden state, a cached output or a running loss,
is used in this one with its graph. `retain_graph=True` changes the message and keeps the mistake:
the old graph is then differentiated at values that are no longer there.

## Example
    out, hidden = rnn(x, hidden)
    loss_fn(out, y).backward()

## Instead
    out, hidden = rnn(x, hidden.detach())
    loss_fn(out, y).backward()

## When it is intended
Never: it ends the script.

## Source
torch's own error "Trying to backward through the graph a second time"; Word language model,
PyTorch examples (`repackage_hidden`).
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, ForwardRan
from backtrace.ledger.facts import BackwardFailed

_FREED = "backward through the graph a second time"
_CHANGED = "modified by an inplace operation"

_CARRIED_OVER = (
    "detach what is carried over from one update to the next (hidden.detach()), or compute it anew "
    "in each update"
)
# No model was called since the step, so it was taken between two backwards of one forward.
_AFTER_A_STEP = (
    "go backward from both losses before the first step, or call the model again after that step "
    "for the second loss"
)


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the backward that failed so, when an update came before it."""
    for window in run.windows:
        for failed in window.of(BackwardFailed):
            has_begun = bool(window.of(BackwardRan))
            if window.number > 1 and _FREED in failed.error and not has_begun:
                said = "the graph of an earlier update, which its backward has freed"
            elif window.number > 1 and _CHANGED in failed.error:
                said = (
                    "values that were changed since: the step before it, or an operation in place"
                )
            elif window.number > 1 and _FREED in failed.error:
                said = "a graph that an earlier backward has freed"
            else:
                continue
            is_between = _CHANGED in failed.error and not any(window.of(ForwardRan))
            yield RULE.found(
                f"backward needs {said}",
                _AFTER_A_STEP if is_between else _CARRIED_OVER,
                window.number,
                failed.where,
            )
            return


RULE = Rule("BT307", "old-graph", "error", check, __doc__, needs=(FACTS,))
