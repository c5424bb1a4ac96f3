"""A model is trained in its evaluations, too: their rows are learned like any others.

## What it sees
Steps of a model in evaluation mode between others in training mode: twice or more, or on another
line than those. Where `train(False)` chose that mode, one line chooses both, as in
`model.train(phase == "train")`, and each goes with a loader of its own.

## Why it matters
What is to be measured on rows that the model has not seen is measured on rows that it has learned:
the validation looks good whatever the model can do.

## Example
    model.eval()
    for x, y in validation:
        loss = loss_fn(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

## Instead
    model.eval()
    with torch.no_grad():
        for x, y in validation:
            loss = loss_fn(model(x), y)

## When it is intended
Where some steps are to leave the running statistics alone, or dropout out. An evaluation under
`no_grad` whose mode stays for the training that follows is left-in-eval (BT305), and not this.

## Source
"Perform weight update during validation", github.com/SKrisanski/FSCT, issue 12.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import groupby, pairwise

from backtrace.diagnose.modes import Trained, find_trained
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.loader_facts import BatchDrawn

_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first model that is trained in evaluations between its trainings."""
    steps = {w.number: w.step.where for w in run.windows if w.step is not None}
    for model in run.callees.values():
        trained = find_trained(run, model)
        spells = [(rests, list(some)) for rests, some in groupby(trained, lambda t: t.is_resting)]
        found = _find(run, model.module, spells, steps)
        if found:
            yield found
            return  # other models, and its own parts, take part in the same steps


def _find(
    run: Stretch, module: str, spells: list[tuple[bool, list[Trained]]], steps: dict[int, str]
) -> Finding | None:
    """Return the first such step of a model's updates, by mode; `steps` are the lines by update."""
    between = [some for rests, some in spells[1:-1] if rests]
    is_meant = any(call.mode_chosen for some in between for call in some[-1].forwards)
    if not between or (is_meant and not _is_of_a_phase(run, spells)):
        return None
    lines = {steps.get(each.number) for rests, some in spells if not rests for each in some}
    if _are_left(run, module, spells[:-1]) and lines.issuperset(
        steps.get(each.number) for some in between for each in some
    ):
        return None  # an evaluation's mode stayed for the steps of the training: left-in-eval
    first = between[0][0]
    where = steps.get(first.number, "")
    count = sum(map(len, between))
    if len(between) < _ENOUGH and (where in lines or count < _ENOUGH):
        return None
    return RULE.found(
        f"{module} is stepped in evaluation mode too, in {count} updates between others in "
        "training mode: what it is evaluated on is trained on",
        "evaluate under torch.no_grad(), without backward and step",
        first.number,
        where or first.forwards[-1].where,
        updates_in_evaluation_mode=count,
    )


def _is_of_a_phase(run: Stretch, spells: list[tuple[bool, list[Trained]]]) -> bool:
    """Whether one line sets both modes, `train(phase == "train")`, each for its own loader."""
    lines: dict[bool, set[str]] = {True: set(), False: set()}
    loaders: dict[bool, set[str]] = {True: set(), False: set()}
    drawn = [(event.index, event.loader) for event in run.of(BatchDrawn)]
    for rests, some in spells:
        for call in (call for each in some for call in each.forwards):
            place = bisect_left(drawn, (call.index, ""))
            lines[rests].add(call.mode_set)
            loaders[rests].add(drawn[place - 1][1] if place else "")
    is_one_line = lines[True] == lines[False] and len(lines[True]) == 1
    return is_one_line and "" not in loaders[True] and not loaders[True] & loaders[False]


def _are_left(run: Stretch, module: str, spells: list[tuple[bool, list[Trained]]]) -> bool:
    """Whether each time an evaluation without gradients ends the training mode."""
    calls = [
        call.index
        for call in run.of(ForwardRan)
        if call.module == module and not call.training and not call.grad_enabled
    ]
    ends = [
        (one[-1].forwards[-1].index, other[0].forwards[0].index)
        for (_, one), (rests, other) in pairwise(spells)
        if rests
    ]
    return all(any(start < call < end for call in calls) for start, end in ends)


RULE = Rule("BT530", "trained-in-evaluation", "warning", check, __doc__, needs=(FACTS,))
