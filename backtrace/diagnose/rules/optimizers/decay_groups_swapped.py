"""Weights that should decay do not, and biases and norms, which should not, do.

## What it sees
An optimizer with two or more groups in which every tensor of one axis (biases, the scales of norms)
decays and no tensor of two axes or more does, three of each kind at least.

## Why it matters
Weight decay holds the matrices small, which is what keeps a net from fitting noise. A bias or a
norm's scale is pulled to zero by it, which takes from what the layer can say. With the groups
swapped there is no regularisation where it is meant, and harm where there should be none.

## Example
    groups = [
        {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.01},
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": 0.0},
    ]

## Instead
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": 0.01},
        {"params": [p for p in parameters if p.ndim == 1], "weight_decay": 0.0},
    ]

## When it is intended
Where sparse scales of norms are wanted, as in network slimming, which penalises them and not the
weights: an L1 penalty does that, decay does not.

## Source
github.com/facebookresearch/BalancingGroups, issue 6; BERT's published training code, whose decay
leaves out LayerNorm and biases.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.facts import OptimizerSeen

_ENOUGH = 3


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each optimizer whose decay is on the wrong groups."""
    for optimizer, seen in run.optimizers.items():
        step = next((step for step in run.steps if step.optimizer == optimizer), None)
        narrow, wide = _list_by_axes(run, seen)
        is_swapped = all(decays for _, decays in narrow) and not any(decays for _, decays in wide)
        if step is not None and is_swapped and min(len(narrow), len(wide)) >= _ENOUGH:
            names = [name for name, _ in narrow]
            yield RULE.found(
                f"{optimizer} lets {listed(names)} decay, which have one axis, and no weight "
                f"matrix ({listed([name for name, _ in wide])})",
                "swap the groups: weight_decay is for the weights, and 0 for biases and norms",
                run.update_at(step, optimizer),
                seen.where,
                tuple(names),
                optimizer,
                decaying=len(narrow),
                not_decaying=len(wide),
            )


def _list_by_axes(
    run: Stretch, seen: OptimizerSeen
) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Return what an optimizer holds of one axis, and of more, each with whether it decays."""
    narrow: list[tuple[str, bool]] = []
    wide: list[tuple[str, bool]] = []
    for group in seen.groups:
        decay = group.options.get("weight_decay")
        for name in group.parameters if isinstance(decay, int | float) else ():
            if name in run.parameters:
                axes = len(run.parameters[name].shape)
                (wide if axes > 1 else narrow).append((name, bool(decay)))
    return narrow, wide


RULE = Rule("BT522", "decay-groups-swapped", "warning", check, __doc__, needs=(FACTS,))
