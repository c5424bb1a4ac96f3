"""The optimizer of a judge holds the generator, too, and steps it towards the opposite target.

## What it sees
Two optimizers hold the same tensors, one of them others as well, and these get a gradient before
each of their steps. Binary cross entropies or squared errors of outputs with a gradient are held
against 1 alone, or 0 alone, before the steps of the one that holds less, and against both before
those of the other, as far as targets were read: twice at least.

## Why it matters
The judge's step makes the generator worse at what its own step makes it better at: what is made
gets easier to tell from what is real. The two go to and fro, and the losses tell little of it.

## Example
    d_optimizer = torch.optim.Adam([*judge.parameters(), *generator.parameters()])

## Instead
    d_optimizer = torch.optim.Adam(judge.parameters())

## When it is intended
Never that we know of, in a game between two networks.

## Source
"Fix optimizer parameter setting of D", github.com/zhaoyuzhi/deepfillv2, pull request 3;
"Generative Adversarial Networks", I. Goodfellow and others, 2014, algorithm 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from math import nan

from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.progress import optimizers_of
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.loss_facts import LossCalled

_FUNCTIONS = ("binary_cross_entropy", "binary_cross_entropy_with_logits", "mse_loss")
_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each pair of optimizers that pull the same tensors to and fro."""
    optimizers = optimizers_of(run)
    aims = _read_aims(run) if len(optimizers) > 1 else {}
    for judge, maker in permutations(optimizers, 2):
        both, own = aims.get(judge, []), aims.get(maker, [])
        if min(len(both), len(own)) < _ENOUGH:
            continue
        wanted = next(iter(own[0]))
        is_opposed = all(each == {wanted} for each in own) and all(
            each == {0.0, 1.0} for each in both
        )
        shared = _shared(run, judge, maker) if is_opposed else ()
        seen = run.optimizers.get(judge)
        if shared and seen is not None:
            yield RULE.found(
                f"{judge} holds {listed(shared)} as well as {maker} does, and steps them with a "
                f"loss that is held against {1 - wanted:g}, where {maker}'s is against {wanted:g}",
                f"give {judge} the parameters of the judge alone",
                run.update_at(_steps(run, judge)[_ENOUGH - 1], judge),
                seen.where,
                shared,
                judge,
                shared_tensors=len(shared),
            )


def _steps(run: Stretch, optimizer: str) -> list[StepTaken]:
    return [step for step in run.steps if step.optimizer == optimizer]


def _shared(run: Stretch, judge: str, maker: str) -> tuple[str, ...]:
    """Return what both step with a gradient, each time, of an optimizer that holds more."""
    filled = [
        [{name for name, grad in step.grads.items() if grad and grad.norm} for step in steps]
        for steps in (_steps(run, judge), _steps(run, maker))
    ]
    by_judge, by_maker = (set.intersection(*each) for each in filled)
    return tuple(name for name in run.parameters if name in by_maker) if by_maker < by_judge else ()


def _read_aims(run: Stretch) -> dict[str, list[set[float]]]:
    """Return for each step of an optimizer the single numbers that its losses were held against.

    NaN stands for what is no such number; a step whose targets were not all read is left out.
    """
    found: dict[str, list[set[float]]] = {}
    aims: set[float] = set()
    is_read = True
    for event in run.events:
        if isinstance(event, LossCalled) and event.function in _FUNCTIONS and event.input_from:
            is_read = is_read and event.target_min is not None
            is_one = event.target_min == event.target_max and event.target_min in (0, 1)
            aims.add(float(event.target_min or 0) if is_one else nan)
        elif isinstance(event, StepTaken):
            if aims and is_read:
                found.setdefault(event.optimizer, []).append(aims)
            aims, is_read = set(), True
    return found


RULE = Rule("BT471", "stepped-both-ways", "warning", check, __doc__, needs=(FACTS,))
