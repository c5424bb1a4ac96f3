"""The loss rises, and does not come back.

## What it sees
A run with one optimizer whose loss rises at three updates in a row, to at least 10 times its first
value, and is still there at the end of what was seen, while steps moved the parameters by half of
their norm or more.

## Why it matters
The steps lead away from where they should lead. Mostly the learning rate is too large: beyond
2 / (largest curvature) gradient descent moves further away from a minimum at each step.

## Example
    optimizer = torch.optim.SGD(model.parameters(), lr=10.0)

## Instead
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

## When it is intended
Losses of adversaries and of several optimizers rise and fall, those that are negative have no
scale, a peak that training comes back from is a bad batch, where parameters hardly moved it is the
data that have become harder, errors of Q-values grow with these, and with `maximize=True` a loss is
to rise: all of these are silent.

## Source
"Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability", J. Cohen and
others, 2021 (the threshold of 2 over the curvature).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from backtrace.diagnose.needs import FIRST_STEPS
from backtrace.diagnose.progress import Progress, distance, optimizers_of, read_progress
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen

_GROWTH = 10.0
_RISES = 3
_FAR = 0.5  # what steps changed in all, in norms of the values: less makes no loss of ten losses


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the one optimizer of a run whose loss goes up for good."""
    optimizers = optimizers_of(run)
    if len(optimizers) != 1 or _climbs_on_purpose(run, optimizers[0]) or _is_of_values(run):
        return
    updates = [each for each in read_progress(run, optimizers[0]) if each.backwards]
    found = _find(updates)
    if found is None:
        return
    first, seen = updates[0].loss, found.loss
    assert first is not None and seen is not None
    rate = max(found.step.lr, default=0.0)
    yield RULE.found(
        f"the loss rose from {first:.3g} at update {updates[0].number} to {seen:.3g} at update "
        f"{found.number}, and did not come back",
        f"lower the learning rate of {optimizers[0]} (now {rate:g}), and see that the loss has the "
        "right sign"
        if rate
        else "make the steps by hand smaller, and see that the loss has the right sign",
        found.number,
        found.where,
        (),
        optimizers[0],
        first_loss=first,
        loss=seen,
        lr=rate,
    )


def _climbs_on_purpose(run: Stretch, optimizer: str) -> bool:
    """Whether an optimizer was asked to make the loss large: if by mistake is BT430's to say."""
    seen = run.optimizers.get(optimizer)
    return seen is not None and any(group.options.get("maximize") is True for group in seen.groups)


def _is_of_values(run: Stretch) -> bool:
    """Whether the loss is of numbers picked by `gather`, and of no logarithm, as of Q-values.

    Their targets are made of them: the error is small while both are near nothing.
    """
    graphs = [graph for graph in run.of(GraphSeen) if graph.path]
    picked = [graph for graph in graphs if _has(graph, "Gather")]
    return bool(picked) and not any(_has(graph, "Log", "Nll", "CrossEntropy") for graph in graphs)


def _has(graph: GraphSeen, *names: str) -> bool:
    return any(op.name.startswith(names) for op in graph.path)


def _find(updates: list[Progress]) -> Progress | None:
    """Return the update at which a loss has risen far enough that stays up to the end.

    A loss that takes both signs, as a policy's does, is far from nought where it always was.
    """
    losses = [each.loss for each in updates]
    if not losses or losses[0] is None or losses[0] <= 0:
        return None
    limit = _GROWTH * max(losses[0], *(-loss for loss in losses if loss is not None))
    rises = 0
    for at, (before, loss) in enumerate(pairwise(losses), start=1):
        if before is None or loss is None:
            return None
        rises = rises + 1 if loss > before else 0
        if rises >= _RISES and loss >= limit:
            is_far = _stays_above(limit, losses) and distance(updates[:at]) >= _FAR
            return updates[at] if is_far else None
    return None


def _stays_above(limit: float, losses: list[float | None]) -> bool:
    """Whether the last two losses are above a limit, or the last one is and is the largest."""
    known = [loss for loss in losses if loss is not None]
    return min(known[-2:]) >= limit or (known[-1] >= limit and known[-1] == max(known))


RULE = Rule(
    "BT512",
    "diverging-loss",
    "warning",
    check,
    __doc__,
    needs=(FIRST_STEPS,),
    cure="lr=0.1x",
    told=("step-size",),
)
