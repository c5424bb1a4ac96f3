"""The terms of a loss cancel: each has a gradient, and their sum has next to none.

## What it sees
From the first two updates on, the gradient of the sum is less than a thousandth of the sum of its
terms' gradients. Where terms were not announced: the loss is the difference of two numbers that
were both computed, and every gradient is exactly zero.

## Why it matters
Two terms pull every parameter in opposite directions with the same force: a sign is wrong, or both
players of a game are in one loss. The model does not move, or moves by rounding errors.

## Example
    loss = real_loss - real_loss_again

## Instead
    loss = real_loss + fake_loss

## When it is intended
Near its minimum the terms of every loss balance each other; this rule looks at the beginning only.

## Source
"Gradient surgery for multi-task learning", Yu et al., NeurIPS 2020 (conflicting gradients).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite, sqrt

from backtrace.diagnose.needs import FIRST_STEPS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.terms import TERMS, Shared, is_mixed, shared_updates
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, Split
from backtrace.ledger.graph_seen import GraphSeen, Op

_REST = 1e-3
_ENOUGH = 2


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the second of two first updates whose terms cancel."""
    updates: list[Shared] = list(shared_updates(run))
    if not updates and is_mixed(run) and run.steps:
        yield RULE.not_checked(TERMS.reason)
    if not updates:
        yield from _nothing_left(run)
    first = updates[:_ENOUGH]
    rests = [_rest(update.split) for update in first]
    if len(first) == _ENOUGH and all(rest < _REST for rest in rests):
        norms = first[1].split.norms
        yield RULE.found(
            f"the loss terms {' and '.join(norms)} cancel: their gradients add up to nothing much",
            "look at the signs and weights of the terms, and give each player of a game its own "
            "loss and optimizer",
            first[1].number,
            first[1].where,
            part_that_is_left=rests[1],
            largest_gradient_norm=max(norms.values()),
        )


def _nothing_left(run: Stretch) -> Iterator[Judgement]:
    """Give two first updates whose loss is a difference, and whose gradient is exactly zero."""
    windows = [window for window in run.windows if window.step][:_ENOUGH]
    graphs = [graph for window in windows for graph in window.of(GraphSeen)]
    if len(windows) < _ENOUGH or not graphs or not all(map(_has_only_zeros, windows)):
        return
    losses = [backward.loss for window in windows for backward in window.of(BackwardRan)]
    is_some = all(loss and isfinite(loss) for loss in losses)  # zero is a margin that is kept
    is_apart = _is_difference if is_some else _is_difference_of_losses
    if all(any(map(is_apart, graph.path)) for graph in graphs):
        yield RULE.found(
            "the two parts of the loss cancel: every gradient is exactly zero",
            "look at the sign between the parts of the loss, and whether both are the same",
            windows[1].number,
            graphs[-1].where,
            largest_gradient_norm=0.0,
        )


def _has_only_zeros(window: Window) -> bool:
    """Whether backwards reached something, and filled nothing."""
    backwards = window.of(BackwardRan)
    return any(map(window.reached_by, backwards)) and not any(map(window.filled_by, backwards))


def _is_difference_of_losses(op: Op) -> bool:
    """Whether an operation took one computed loss from another."""
    return _is_difference(op) and op.output == ()


def _is_difference(op: Op) -> bool:
    """Whether an operation took one computed thing from another of its shape."""
    return op.name.startswith("SubBack") and op.inputs == (op.output, op.output)


def _rest(split: Split) -> float:
    """Return the norm of the sum of all gradients over the sum of their norms."""
    total = sum(split.norms.values())
    squares = sum(norm**2 for norm in split.norms.values())
    for pair, cosine in split.cosines.items():
        both = _pair(pair, split)
        if both and isfinite(cosine):
            squares += 2 * cosine * split.norms[both[0]] * split.norms[both[1]]
    return sqrt(max(squares, 0.0)) / total if total > 0 and isfinite(total) else 1.0


def _pair(pair: str, split: Split) -> tuple[str, str] | None:
    """Return the two terms that `a, b` stands for, though a term's name may hold a comma."""
    pairs = ((a, b) for a in split.norms for b in split.norms)
    return next(((a, b) for a, b in pairs if f"{a}, {b}" == pair), None)


RULE = Rule("BT408", "cancelling-terms", "warning", check, __doc__, needs=(FIRST_STEPS,))
