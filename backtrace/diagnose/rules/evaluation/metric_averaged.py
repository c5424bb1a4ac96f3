"""A metric that needs all rows at once is computed for each batch, and the mean is told.

## What it sees
In the source, a function of `torchmetrics.functional` or `sklearn.metrics` for the area under a
curve, the average precision, F1, precision, recall, a correlation or R2, given one batch in a loop
over held-out batches behind which the mean is taken, or in a `validation_step` or `test_step` that
logs it, which Lightning averages, or in a method that one of these calls and that logs it with
`on_epoch=True`; or `compute()` of a torchmetrics object that a step updates and logs so; in a run
in which there is more than one batch, of more than one row.

## Why it matters
Such a metric compares rows with each other, or divides by counts that differ from batch to batch.
The mean over batches is another number: it changes with the batch size and the order of the rows. A
batch that holds one class alone has no area, and an F1 of 0. The mean of an object's running values
counts early batches many times. The best epoch is chosen by it.

## Example
    for x, y in val_loader:
        aucs.append(roc_auc_score(y, model(x)))
    print(np.mean(aucs))

## Instead
    for x, y in val_loader:
        scores.append(model(x))
        targets.append(y)
    print(roc_auc_score(torch.cat(targets), torch.cat(scores)))

Or a metric of torchmetrics that is a class: `update` it for each batch, and `compute` it at the
end; Lightning does both of one that is handed to `self.log`.

## When it is intended
Where each batch is a whole of its own, as one user's items or one graph are, and the mean over
these is what a benchmark asks for.

## Source
github.com/hypernetwork-research-group/hypertorch, pull request 113;
github.com/Lightning-AI/pytorch-lightning, issue 19816 (running values).
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.source_facts import SlipSeen

_KINDS = ("metric-averaged", "running-averaged")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such metric, where there are several batches."""
    slips = [each for each in run.of(SlipSeen) if each.kind in _KINDS]
    if not slips:
        return
    later = [draw for draw in run.of(BatchDrawn) if draw.number > 1 and (draw.rows or 0) > 1]
    gone_on = {draw.where for draw in later}
    for slip in slips:
        if slip.kind == "running-averaged":
            if later and (slip.beside == "training_step" or _evaluates_any(run, later)):
                yield _tell_running(run, slip)
            continue
        place = f"{slip.where.rpartition(':')[0]}:{slip.beside}"
        if place in gone_on if slip.beside else _evaluates_any(run, later):
            yield RULE.found(
                f"{slip.name} is computed for each batch, and their mean is told: that is not "
                f"the {slip.name} of all rows",
                "gather what was said and the targets of all batches, and compute it once behind "
                "the last one",
                run.update_at(slip),
                slip.where,
            )


def _tell_running(run: Stretch, slip: SlipSeen) -> Finding:
    return RULE.found(
        f"{slip.name} is of all batches so far, and is logged in each step: Lightning tells the "
        "mean of these running values, and not the last of them",
        "log the metric object itself, self.log(name, self.metric), or compute it once at the "
        "epoch's end",
        run.update_at(slip),
        slip.where,
    )


def _evaluates_any(run: Stretch, draws: list[BatchDrawn]) -> bool:
    """Whether the first model that is called after one of the draws is in evaluation mode."""
    left = iter(draws)
    draw = next(left, None)
    for call in run.of(ForwardRan):
        is_after = False
        while draw is not None and draw.index < call.index:
            is_after, draw = True, next(left, None)
        if is_after and not call.training:
            return True
    return False


RULE = Rule("BT571", "metric-averaged", "warning", check, __doc__, needs=(FACTS,))
