"""A loss is no better than what one constant answer would give, however long it was trained.

## What it sees
A run of 150 updates or more by one optimizer, whose loss is what one call of `cross_entropy`,
`nll_loss`, a binary cross entropy or `mse_loss` returned. In its last updates that loss
no longer falls, and on average it is at least 98 % of what one and the same answer for every row
would give: the entropy of the classes, or the variance of the targets. Runs whose rate still rises
are left out, losses well above it that have fallen at all, and targets that a model of the script's
own may have made.

## Why it matters
Whatever the model is shown, it says what it would say without looking: it has learned how often
classes occur, or the targets' mean, and nothing of what the inputs tell. A finding that stands
beside this one is the likely cause.

## Example
    optimizer = torch.optim.Adam(model.parameters(), lr=1.0)

## Instead
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

## When it is intended
Where inputs say nothing about the targets, as with noise for data, or where a long run would
begin to learn later.

## Source
Karpathy, "A Recipe for Training Neural Networks", 2019: the input-independent baseline."""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.constant_answers import find_at_rest
from backtrace.diagnose.needs import FACTS, REAL_DATA, UNSAMPLED
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch

_NO_BETTER = 0.98  # of what a constant gives


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the one loss of a run that a constant answer would match."""
    rest = find_at_rest(run, _NO_BETTER)
    if rest is None:
        return
    where, function = rest.site
    updates = run.update_at(rest.late[-1])
    yield RULE.found(
        f"after {updates} updates {function} is {rest.loss:.4g} on average and falls no more; one "
        f"and the same answer for every row would give {rest.constant:.4g}: the inputs tell it "
        "nothing",
        "find what keeps the inputs from the loss: try to learn a single batch by heart, with a "
        "rate ten times smaller or larger, and see that each input stands beside its own target",
        run.update_at(rest.late[0]),
        where,
        loss=rest.loss,
        constant_answer=rest.constant,
        calls=len(rest.late),
    )


RULE = Rule(
    "BT531",
    "no-better-than-constant",
    "warning",
    check,
    __doc__,
    needs=(FACTS, UNSAMPLED, REAL_DATA),
)
