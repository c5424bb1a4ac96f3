"""Nearly all units of a ReLU are zero on every row of the batch.

## What it sees
At two backwards, 90 % of the units of a ReLU (or more) that are zero on all of 16 rows at least,
while a weight matrix gets a gradient most of which is exactly zero, of a loss that is not.

## Why it matters
Where a ReLU is zero its slope is zero too: what is before it gets no gradient and cannot recover. A
unit that is zero for one row of two would be so on all of 16 rows once in 65 536 cases.

## Example
    nn.init.constant_(layer.bias, -10.0)
    h = torch.relu(layer(x))

## Instead
    nn.init.zeros_(layer.bias)
    h = torch.relu(layer(x))

## When it is intended
A hinge, `relu(margin - distance)`, is zero where nothing is left to learn: then the loss is zero
as well, or all weights still get their gradients. Sparse codes leave some units alive.

## Source
"Dying ReLU and Initialization: Theory and Numerical Examples", L. Lu and others, 2019.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.facts import Activation, GraphSeen

_DEAD = 0.9
_ROWS = 16
_ZEROS = 0.8  # of a weight's gradient: dead units are rows of it that are zero


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each ReLU that two backwards find dead, one after the other."""
    before: dict[str, Activation] = {}
    told: set[str] = set()
    for graph, backward in pair_up(run):
        dead = {each.name: each for each in graph.activations if _is_dead(each)}
        names = _without_gradient(backward) if dead and backward.loss else ()
        for name in (dead.keys() & before.keys()) - told if names else ():
            told.add(name)
            share = dead[name].dead
            assert share is not None
            yield RULE.found(
                f"{share:.0%} of the units of {name} are zero on all {dead[name].rows} rows",
                "look at the bias and the scale of the layer before it; lower the learning rate if "
                "it was alive at first; or use a LeakyReLU or a GELU",
                run.update_at(backward),
                backward.where,
                names,
                dead_share=share,
                zeros=dead[name].zeros,
                rows=dead[name].rows,
            )
        if graph.is_whole and graph.activations:
            before = dead


def pair_up(run: Stretch) -> Iterator[tuple[GraphSeen, BackwardRan]]:
    """Give each backward with the graph that it walked."""
    graph: GraphSeen | None = None
    for event in run.events:
        if isinstance(event, GraphSeen):
            graph = event
        elif isinstance(event, BackwardRan) and graph is not None:
            yield graph, event
            graph = None


def _is_dead(each: Activation) -> bool:
    dead = each.dead is not None and each.dead >= _DEAD
    return each.function == "relu" and dead and each.rows >= _ROWS


def _without_gradient(backward: BackwardRan) -> tuple[str, ...]:
    """Return the matrices that got a gradient nearly all of whose elements are zero."""
    return tuple(
        name
        for name, entry in backward.grads.items()
        if entry.delta is not None
        and len(entry.delta.shape) > 1
        and entry.delta.zeros >= _ZEROS * entry.delta.numel
    )


RULE = Rule("BT504", "dead-relu", "warning", check, __doc__, needs=(FACTS,))
