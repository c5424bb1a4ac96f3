"""Nearly all units of a ReLU are zero on every row of the batch.

## What it sees
At two backwards, 90 % of the units of a ReLU (or more) that are zero on all of 16 rows at least,
while a weight matrix gets a gradient most of which is exactly zero, of a loss that is not.

## Why it matters
Where a ReLU is zero its slope is zero too: what is before it gets no gradient and cannot recover. A
unit that is zero for one row of two would be so on all of 16 rows once in 65 536 cases. Where the
layers before and after it begin as zeros, each keeps the other's gradient at zero for ever.

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
"Dying ReLU and Initialization: Theory and Numerical Examples", L. Lu and others, 2019;
github.com/yz93/LAVT-RIS, issue 25;
github.com/ProteomicsML/ProteomicsML, pull request 203.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.flat_operations import RELU
from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.holdings import listed
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.zero_factors import filled_at, find_zero_factors
from backtrace.ledger.events import BackwardRan, StepTaken
from backtrace.ledger.graph_parts import Activation
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled

_DEAD = 0.9
_ALIVE = 0.5
_ROWS = 16
_ZEROS = 0.8  # of a weight's gradient: dead units are rows of it that are zero


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each ReLU that two backwards find dead, one after the other.

    Of several that keep the gradient from the same parameters, the first that was found is enough.
    """
    before: dict[str, Activation] = {}
    told: set[str] = set()
    kept: set[str] = set()  # parameters that a told one keeps the gradient from
    alive: set[str] = set()
    for graph, backward in pair_up(run):
        dead = {each.name: each for each in graph.activations if _is_dead(each)}
        names = _without_gradient(backward) if dead and backward.loss else ()
        for name in (dead.keys() & before.keys()) - told if names else ():
            told.add(name)
            if kept.isdisjoint(names):
                yield _found(run, graph, backward, dead[name], names, was_alive=name in alive)
            kept.update(names)
        if graph.is_whole and graph.activations:
            before = dead
            alive |= {each.name for each in graph.activations if _is_alive(each)}


def _found(
    run: Stretch,
    graph: GraphSeen,
    backward: BackwardRan,
    each: Activation,
    names: tuple[str, ...],
    *,
    was_alive: bool,
) -> Finding:
    share = each.dead or 0.0
    message = f"{share:.0%} of the units of {each.name} are zero on all {each.rows} rows"
    fix = (
        "look at the bias and the scale of the layer before it; lower the learning rate if "
        "it was alive at first; or use a LeakyReLU or a GELU"
    )
    if was_alive and (step := _find_step(run, backward, names)):
        rate = max(step.lr, default=0)
        fix = (
            f"lower the learning rate of {step.optimizer} (now {rate:g}): most of these units were "
            "alive at first, and its steps have taken them to where their gradient is zero"
        )
    elif share == 1 and _is_output(run, graph, each):
        fix = "leave the activation after the last layer out"
    where = line_of(run, graph, RELU) if share == 1 else backward.where
    zeros = find_zero_factors(run, [name for name in names if _is_beside(name, each.name)])
    if zeros and share == 1:
        message += f": {listed(zeros)} began as zeros, and none moves while the others are zero"
        fix = "initialise at most the last of them with zeros, and the others with random numbers"
        where = filled_at(run, zeros[0], backward) or where
        names = tuple(dict.fromkeys((*zeros, *names)))
    return RULE.found(
        message,
        fix,
        run.update_at(backward),
        where,
        names,
        dead_share=share,
        zeros=each.zeros,
        rows=each.rows,
    )


def _is_output(run: Stretch, graph: GraphSeen, each: Activation) -> bool:
    """Whether a ReLU is the last of its graph, and a loss takes what a ReLU returned."""
    last = [other for other in graph.activations if other.function == "relu"][-1:]
    return last == [each] and any(
        call.input_from.startswith("ReluBack") for call in run.of(LossCalled)
    )


def _find_step(run: Stretch, backward: BackwardRan, names: tuple[str, ...]) -> StepTaken | None:
    """Return the last step before a backward that changed one of the parameters."""
    steps = (each for each in run.steps if each.index < backward.index)
    return next((each for each in reversed(list(steps)) if set(names) & set(each.values)), None)


def _is_beside(parameter: str, activation: str) -> bool:
    """Whether a parameter's layer stands in the module in which a ReLU does, as far as is known.

    One that was called as a function has no place.
    """
    around, dot, _ = activation.rpartition(".")
    return not dot or "[" in activation or parameter.startswith(f"{around}.")


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


def _is_alive(each: Activation) -> bool:
    """Whether most units say something of some row."""
    alive = each.dead is not None and each.dead < _ALIVE
    return each.function == "relu" and alive and each.rows >= _ROWS


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
