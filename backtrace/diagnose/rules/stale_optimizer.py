"""An optimizer holds tensors that are no longer the model's.

## What it sees
An optimizer whose tensors a model has since exchanged for others, or which never finds a gradient,
while parameters that no optimizer holds are given gradients.

## Why it matters
An optimizer keeps the tensors it was made with. It goes on stepping those, and what the model
computes with is never trained.

## Example
    optimizer = torch.optim.Adam(model.parameters())
    model.fc = nn.Linear(512, 10)

## Instead
    model.fc = nn.Linear(512, 10)
    optimizer = torch.optim.Adam(model.parameters())

## When it is intended
Tensors that lost their place but left nothing untrained, such as a layer's own weight after
it was tied to another's, do no harm: of these this is only a note.

## Source
torch.optim, "Constructing it", PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.holdings import Holdings, listed, read_holdings
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that hold what no model uses any more."""
    holdings = read_holdings(run)
    orphans = holdings.orphans(run)
    idle = [
        optimizer
        for optimizer in holdings.idle(orphans)
        if any(_is_trainable(run, name) for name in holdings.owned_by(optimizer))
    ]
    for optimizer in dict.fromkeys(step.optimizer for step in run.steps):
        stale = list(holdings.left.get(optimizer, {}))
        theirs = holdings.successors(optimizer, orphans)
        if optimizer in idle:
            theirs = orphans
            stale = holdings.owned_by(optimizer)
        since = min((holdings.reached[name].index for name in theirs), default=-1)
        later = [s for s in run.steps if s.optimizer == optimizer and s.index > since]
        # After one step alone, its tensors may still be written to the model.
        if stale and (optimizer not in idle or len(later) > 1):
            yield _found(run, holdings, optimizer, stale, theirs)


def _is_trainable(run: Stretch, name: str) -> bool:
    return name not in run.parameters or run.parameters[name].requires_grad


def _found(
    run: Stretch, holdings: Holdings, optimizer: str, stale: list[str], orphans: list[str]
) -> Judgement:
    first = min((holdings.reached[n] for n in orphans), key=lambda e: e.index, default=None)
    made = run.optimizers.get(optimizer)
    message = f"{optimizer} holds {listed(stale)}, which no model computes with"
    if orphans:
        get = "gets" if len(orphans) == 1 else "get"
        message += f"; {listed(orphans)} {get} the gradients, and no optimizer holds them"
    step: StepTaken = next(step for step in run.steps if step.optimizer == optimizer)
    finding = RULE.found(
        message,
        f"make {optimizer} after the model has the parameters that it is trained with",
        run.update_at(first or step, optimizer),
        made.where if made else step.where,
        (*orphans, *stale),
        optimizer,
        tensors_held_in_vain=len(stale),
        tensors_not_held=len(orphans),
    )
    return finding if orphans else replace(finding, severity="note")


RULE = Rule(
    "BT202",
    "stale-optimizer",
    "error",
    check,
    __doc__,
    needs=(FACTS,),
    cure="refill={parameters}",
)
