"""An output layer was given a copy of the embedding's values: they are not tied, and drift apart.

## What it sees
In one model, the weight of an `nn.Embedding` and that of an `nn.Linear`, which begin with the same
values (not constant ones), are two tensors, and are both moved by steps and unlike after the first.

## Why it matters
Tied weights are one tensor: each gets the gradients of both uses, and is stored once. A copy has
as many parameters more, is trained by the output alone, and is what it was made of for one step.

## Example
    model.head.weight = nn.Parameter(model.embedding.weight.detach().clone())

## Instead
    model.head.weight = model.embedding.weight

## When it is intended
Where a head is to begin as the embedding is and to go its own way. One that is frozen, or copied
anew after each step, is left alone; weights that were tied and are no longer are BT212's.

## Source
github.com/rasbt/LLMs-from-scratch, issue 822; "Using the Output Embedding to Improve Language
Models", Press and Wolf, 2017.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import BEGINNING, FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import Reading, StepTaken
from backtrace.ledger.facts import ModelSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each pair at the second step, the first that finds them unlike."""
    parted = [set(pair) for model in run.of(ModelSeen) for pair in model.parted]
    for model in run.models.values():
        for table, layer in model.of_one_shape:
            if {table, layer} in parted:
                continue
            one, other = _found_by_steps(run, table), _found_by_steps(run, layer)
            if not (_are_trained(one, other) and _are_copies(one, other)):
                continue
            step, size = one[1][0], one[0][1].numel
            yield RULE.found(
                f"{layer} begins as a copy of {table} and is no tied weight: they are two "
                "parameters, and unlike after the first step",
                f"assign the parameter itself, before the optimizer is made: {layer} = {table}",
                run.update_at(step, step.optimizer),
                model.where,
                (table, layer),
                step.optimizer,
                elements=size,
            )


def _found_by_steps(run: Stretch, name: str) -> list[tuple[StepTaken, Reading]]:
    """Return what each step that holds a parameter found as its value."""
    entries = ((step, step.values[name]) for step in run.steps if name in step.values)
    return [(step, entry.before) for step, entry in entries if entry.before is not None]


def _are_trained(*each: list[tuple[StepTaken, Reading]]) -> bool:
    return all(len(found) > 1 and _key(found[0][1]) != _key(found[1][1]) for found in each)


def _are_copies(
    one: list[tuple[StepTaken, Reading]], other: list[tuple[StepTaken, Reading]]
) -> bool:
    """Whether they are alike at first, and at no step after that."""
    first, *later = (_key(a) == _key(b) for (_, a), (_, b) in zip(one, other, strict=False))
    return first and not any(later) and one[0][1].min < one[0][1].max


def _key(value: Reading) -> tuple[object, ...]:
    return value.norm, value.mean, value.min, value.max, value.zeros, value.values


RULE = Rule("BT230", "tied-by-copy", "warning", check, __doc__, needs=(BEGINNING, FACTS))
