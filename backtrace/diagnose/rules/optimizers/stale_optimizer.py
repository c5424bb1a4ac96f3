"""An optimizer holds tensors that are no longer the model's.

## What it sees
An optimizer whose tensors a model has since exchanged for others, or which never finds a gradient,
while parameters that no optimizer holds are given gradients: those of a model that was made before
or after, or of copies that each update makes anew.

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

from backtrace.diagnose.holdings import Holdings, listed, made_at, read_holdings
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ParameterSeen, StepTaken
from backtrace.ledger.facts import ModelSeen


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
            copies = _find_copies(run, holdings, stale, theirs)
            if len(copies) > 1:
                yield _copied(run, holdings, optimizer, stale, copies)
            else:
                yield _found(run, holdings, optimizer, stale, theirs)


def _is_trainable(run: Stretch, name: str) -> bool:
    return name not in run.parameters or run.parameters[name].requires_grad


def _find_copies(
    run: Stretch, holdings: Holdings, stale: list[str], orphans: list[str]
) -> list[ModelSeen]:
    """Return models in the form of what is held in vain, the first of each update that has some.

    Copies of one name are one model here, whose parameters came into view in several updates.
    """
    shapes = [run.parameters[name].shape for name in stale if name in run.parameters]
    found: dict[int, ModelSeen] = {}
    for model in run.models.values():
        if shapes and set(model.parameters) <= {*orphans} and shapes == _shapes(run, model):
            reached = [holdings.reached[name] for name in model.parameters]
            found.setdefault(run.update_at(min(reached, key=lambda event: event.index)), model)
            first = model.parameters[0]
            for seen in run.of(ParameterSeen):
                if seen.name == first and not seen.formerly and seen.index < model.index:
                    found.setdefault(run.update_at(seen), model)
    return [found[update] for update in sorted(found)]


def _shapes(run: Stretch, model: ModelSeen) -> list[tuple[int, ...]]:
    return [run.parameters[name].shape for name in model.parameters]


def _copied(
    run: Stretch, holdings: Holdings, optimizer: str, stale: list[str], copies: list[ModelSeen]
) -> Judgement:
    names = dict.fromkeys(name for model in copies for name in model.parameters)
    first = holdings.reached[copies[0].parameters[0]]
    return RULE.found(
        f"{optimizer} holds {listed(stale)}, which no model computes with: each update makes "
        f"models of the same form anew, such as {copies[0].module}, and the gradients go to those",
        f"compute with what {optimizer} holds, as torch.func.functional_call does with tensors "
        f"that are made of it, or carry the gradients of the copies back before {optimizer}.step()",
        run.update_at(first, optimizer),
        copies[0].where or made_at(run, optimizer),
        (*names, *stale),
        optimizer,
        tensors_held_in_vain=len(stale),
        updates_with_new_models=len(copies),
    )


def _found(
    run: Stretch, holdings: Holdings, optimizer: str, stale: list[str], orphans: list[str]
) -> Judgement:
    first = min((holdings.reached[n] for n in orphans), key=lambda e: e.index, default=None)
    message = f"{optimizer} holds {listed(stale)}, which no model computes with"
    if orphans:
        get = "gets" if len(orphans) == 1 else "get"
        message += f"; {listed(orphans)} {get} the gradients, and no optimizer holds them"
    step: StepTaken = next(step for step in run.steps if step.optimizer == optimizer)
    finding = RULE.found(
        message,
        f"make {optimizer} after the model has the parameters that it is trained with",
        run.update_at(first or step, optimizer),
        made_at(run, optimizer) or step.where,
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
