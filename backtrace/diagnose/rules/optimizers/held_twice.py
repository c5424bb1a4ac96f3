"""The same parameter is stepped twice for one gradient: it is held twice.

## What it sees
A parameter that is listed more than once in an optimizer, or two optimizers that both step it
while no backward came in between.

## Why it matters
It moves twice as far as its learning rate says, and where there is momentum or Adam's state, each
of the two works with half the history.

## Example
    optimizer = torch.optim.SGD(list(model.parameters()) + list(model.head.parameters()))

## Instead
    optimizer = torch.optim.SGD([
        {"params": model.body.parameters()},
        {"params": model.head.parameters(), "lr": 0.1},
    ])

## When it is intended
Two optimizers may hold the same parameters and take turns, each after a backward of its own: that
is not meant here.

## Source
PyTorch issue 40967, "optimizer contains a parameter group with duplicate parameters".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from backtrace.diagnose.holdings import listed, outer_steps
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, GradsZeroed, StepTaken
from backtrace.ledger.facts import StepsPassed


def check(run: Stretch) -> Iterator[Judgement]:
    """Give what one optimizer lists twice, and what two optimizers step for one gradient."""
    for optimizer, seen in run.optimizers.items():
        counts = Counter(name for group in seen.groups for name in group.parameters)
        twice = tuple(name for name, count in counts.items() if count > 1)
        step = next((step for step in run.steps if step.optimizer == optimizer), None)
        if twice and step is not None:
            yield RULE.found(
                f"{optimizer} holds {listed(twice)} {counts[twice[0]]} times, and steps each time",
                "list each parameter once; parts with a rate of their own go into groups",
                run.update_at(step, optimizer),
                seen.where,
                twice,
                optimizer,
                times_held=counts[twice[0]],
            )
    yield from _by_two(run)


def _by_two(run: Stretch) -> Iterator[Judgement]:
    """Give the pairs of optimizers that step the same tensors after one backward."""
    steps = dict(outer_steps(run))
    stepped: dict[str, StepTaken] = {}
    told: set[tuple[str, str]] = set()
    for place, event in enumerate(run.events):
        if isinstance(event, BackwardRan | GradsZeroed):
            for name in event.grads:
                stepped.pop(name, None)
        elif isinstance(event, StepsPassed):
            stepped.clear()
        elif place in steps and isinstance(event, StepTaken):
            moved = [name for name in event.values if event.grads.get(name) is not None]
            pairs: dict[str, list[str]] = {}
            for name in moved:
                other = stepped.get(name)
                if other is not None and other.optimizer != event.optimizer:
                    pairs.setdefault(other.optimizer, []).append(name)
            for first, names in pairs.items():
                pair = (first, event.optimizer)
                if not told & {pair, pair[::-1]}:
                    told.add(pair)
                    yield RULE.found(
                        f"{first} and {event.optimizer} both step {listed(names)} for "
                        "the same gradient",
                        f"give each parameter to one of {first} and {event.optimizer}",
                        run.update_at(event, event.optimizer),
                        event.where,
                        tuple(names),
                        event.optimizer,
                        shared_tensors=len(names),
                    )
            stepped.update(dict.fromkeys(moved, event))


RULE = Rule("BT203", "held-twice", "warning", check, __doc__, needs=(FACTS,), cure="hold_once")
