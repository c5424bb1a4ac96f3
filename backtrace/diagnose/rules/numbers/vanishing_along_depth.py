"""Gradients shrink from layer to layer until nothing is left for the first ones.

## What it sees
At the first two steps, the gradient norms of at least four weight matrices of a model, in its
order: the first one has at most 1e-4 of the last one's, the norms fall at nearly every layer on the
way, by 4 times on average, and no single layer makes up for most of it.

## Why it matters
The first layers hardly move, and what follows learns from features that nobody trained. A sigmoid
lets at most a quarter of a gradient through, which is where the factor of 4 comes from; layers of
ReLU as torch initialises them shrink it by 2.5.

## Example
    layers = [nn.Sequential(nn.Linear(32, 32), nn.Sigmoid()) for _ in range(8)]
    model = nn.Sequential(*layers, nn.Linear(32, 1))

## Instead
    layers = [nn.Sequential(nn.Linear(32, 32), nn.BatchNorm1d(32), nn.ReLU()) for _ in range(8)]
    model = nn.Sequential(*layers, nn.Linear(32, 1))

## When it is intended
Never on purpose. Layers that begin at zero (adapters, residual branches) have no gradient at first,
and a head that learns faster than its backbone is one jump and no slope: both are silent.

## Source
"Understanding the difficulty of training deep feedforward neural networks", X. Glorot,
Y. Bengio, 2010.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import log

from backtrace.diagnose.gradients import read_by
from backtrace.diagnose.needs import FIRST_STEPS
from backtrace.diagnose.progress import optimizers_of
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken

_ALL = 1e-4
_EACH = 0.25
_LAYERS = 4
_FALLING = 0.75  # the share of layers at which norms fall
_WITHOUT_LARGEST = 1e-3  # what is left of the fall when its largest drop is taken out


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the models whose first two steps both find gradients that vanish."""
    for optimizer in optimizers_of(run):
        steps = [s for s in run.steps if s.optimizer == optimizer and read_by(s)][:2]
        for names in _models(run):
            chains = [_chain(step, names) for step in steps]
            if len(chains) < 2 or not all(map(_vanishes, chains)):
                continue
            first, last = chains[1][0], chains[1][-1]
            small = tuple(name for name, norm in chains[1] if norm < 1e-2 * last[1])
            yield RULE.found(
                f"the gradient of {first[0]} is {first[1] / last[1]:.1g} of that of {last[0]}: it "
                f"shrinks at each of {len(chains[1])} layers",
                "use ReLU or GELU in place of sigmoids, put a normalisation or a residual "
                "connection between layers, or initialise for the activation (xavier, kaiming)",
                run.update_at(steps[1], optimizer),
                steps[1].where,
                small,
                optimizer,
                first_norm=first[1],
                last_norm=last[1],
                layers=len(chains[1]),
                factor_per_layer=(last[1] / first[1]) ** (1 / (len(chains[1]) - 1)),
            )


def _models(run: Stretch) -> list[tuple[str, ...]]:
    """Return the parameters of each model in order; of models in models, the outer ones alone."""
    every = [model.parameters for model in run.models.values()]
    return [one for one in every if not any(set(one) < set(other) for other in every)]


def _chain(step: StepTaken, names: tuple[str, ...]) -> list[tuple[str, float]]:
    """Return the gradient norms of a model's matrices, those that are zero left out."""
    found = []
    for name in names:
        grad = step.grads.get(name)
        if grad is not None and len(grad.shape) > 1 and grad.norm > 0 and not grad.nonfinite:
            found.append((name, grad.norm))
    return found


def _vanishes(chain: list[tuple[str, float]]) -> bool:
    if len(chain) < _LAYERS or chain[0][1] > _ALL * chain[-1][1]:
        return False
    drops = [log(later / earlier) for (_, earlier), (_, later) in pairwise(chain)]
    return (
        sum(drops) >= -log(_EACH) * len(drops)
        and sum(drop > 0 for drop in drops) >= _FALLING * len(drops)
        and sum(drops) - max(drops) >= -log(_WITHOUT_LARGEST)
    )


RULE = Rule("BT503", "vanishing-along-depth", "warning", check, __doc__, needs=(FIRST_STEPS,))
