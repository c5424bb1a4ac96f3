"""A learning rate is written by hand into a group, and the scheduler writes its own over it.

## What it sees
After two moves or more of a scheduler, the rate of a group is another than the one that it left.
Its next move does not start from there: it sets the rate to about where it had been, the move after
finds it there, and nobody has written it anew. StepLR, MultiStepLR, ExponentialLR, MultiplicativeLR
and ReduceLROnPlateau change the rate that they find, and are not looked at.

## Why it matters
A LambdaLR, as the schedules of transformers are, a OneCycleLR and others compute each rate from the
one that the group had in the beginning. What is written by hand lasts until their next step: a
group that was to stand still at a rate of 0 is trained on, after one batch or none.

## Example
    scheduler = LambdaLR(optimizer, decay)
    for step, (x, y) in enumerate(loader):
        if step == freeze_at:
            optimizer.param_groups[1]["lr"] = 0.0
        update(x, y)
        scheduler.step()

## Instead
    scheduler = LambdaLR(optimizer, decay)
    for step, (x, y) in enumerate(loader):
        if step >= freeze_at:
            optimizer.param_groups[1]["lr"] = 0.0
        update(x, y)
        scheduler.step()

Or put the change into the schedule, by a function for each group; or freeze the parameters by
`requires_grad_(False)`.

## When it is intended
A rate that is to hold until the scheduler's next step, and no longer. A warm-up by hand, which
writes several rates, or one before each step, is not told.

## Source
github.com/huggingface/diffusers, issue 6486 and pull request 6599; "Chainable" and closed forms in
torch.optim.lr_scheduler.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.census.hand_rates import RateUndone
from backtrace.diagnose.graph_lines import only_line
from backtrace.diagnose.needs import CENSUS, FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first such rate of each optimizer."""
    told: set[str] = set()
    for found in run.census.hand_rates if run.census else ():
        if found.optimizer not in told:
            told.add(found.optimizer)
            yield _describe(run, found)


def _describe(run: Stretch, found: RateUndone) -> Finding:
    line = found.made if found.made and found.is_with_step else found.where
    return RULE.found(
        f"the rate of group {found.group} of {found.optimizer} was written by hand, "
        f"{found.rate:.4g} for {found.kept:.4g}, and the next step of the {found.type} set it to "
        f"{found.after:.4g}",
        f"a {found.type} sets each rate anew: write it before every step of the optimizer, have "
        "the schedule give it, or freeze the group by requires_grad_(False)",
        found.update or 1,
        only_line(run, "rate") or line,
        (),
        found.optimizer,
        rate_by_hand=found.rate,
        rate_after=found.after,
        group=found.group,
    )


RULE = Rule("BT598", "rate-by-hand-undone", "warning", check, __doc__, needs=(FACTS, CENSUS))
