"""The same backward is counted twice.

## What it sees
Two backwards from the same loss with the same gradients, no forward and no clearing between them:
the graph was kept with `retain_graph`, and walked again. So is a loss that went backward by itself
and then as a part of another: the second adds to two or more of its parameters what the first
did, and reaches others as well.

## Why it matters
`.grad` holds twice the gradient of the loss. With plain SGD that is twice the learning rate; with
clipping, accumulation or several losses the weights of the parts are wrong.

## Example
    loss.backward(retain_graph=True)
    log_gradient_norms(model)
    loss.backward()
    optimizer.step()

## Instead
    loss.backward()
    log_gradient_norms(model)
    optimizer.step()

## When it is intended
Several losses over one forward have gradients of their own. A backward that is only looked at is
cleared before the next.

## Source
torch.Tensor.backward, PyTorch documentation: "This function accumulates gradients in the leaves".
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from backtrace.diagnose.gradients import cleared_by, filled_by
from backtrace.diagnose.needs import one_of
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, Edited, ForwardRan, Reading, StepBegan
from backtrace.ledger.graph_seen import GraphSeen

_CALL_ONCE = "call backward once for each loss"
_ENOUGH = 2  # tensors whose gradients come again; of one it may be chance


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers that read the same backward twice."""
    pairs = {pair[1].index: pair for pair in _find_pairs(run)}
    for windows in run.windows_by_optimizer.values():
        for window in windows:
            seen = [event for event in window.counted if event.index in pairs]
            if seen and window.step is not None:
                first, second = pairs[seen[0].index]
                names = tuple(n for n in window.step.values if n in window.filled_by(first))
                entry = first.grads[names[0]]
                is_part = filled_by(first) != filled_by(second)
                yield RULE.found(
                    f"{_twice(first, second, is_part)}: {window.optimizer}.step read twice its "
                    "gradient",
                    "call backward once, on the sum" if is_part else _CALL_ONCE,
                    window.number,
                    second.where,
                    names,
                    window.optimizer,
                    loss=second.loss if second.loss is not None else "",
                    added_each_time=entry.delta.norm if entry.delta else 0.0,
                )
                break


def _find_pairs(run: Stretch) -> Iterator[tuple[BackwardRan, BackwardRan]]:
    """Give each backward that is the one before it once more, with that one."""
    last: BackwardRan | None = None
    retained: bool | None = None
    graph: GraphSeen | None = None
    for event in run.events:
        if isinstance(event, GraphSeen):
            graph = event
        elif isinstance(event, StepBegan | Edited) or cleared_by(event):
            last = None
        elif isinstance(event, ForwardRan):
            model = run.callees.get(event.module)
            if last and (model is None or {*model.parameters} & filled_by(last)):
                last = None
        elif isinstance(event, BackwardRan):
            if last is not None and retained is not False and _is_same(last, event):
                yield last, event
            last, retained = event, graph.retain if graph is not None else None
            graph = None


def _twice(first: BackwardRan, second: BackwardRan, is_part: bool) -> str:
    if is_part:
        return f"the loss of the backward at {first.where} is part of that at {second.where} too"
    return f"backward ran twice from the same loss, at {first.where} and at {second.where}"


def _is_same(one: BackwardRan, other: BackwardRan) -> bool:
    """Whether the second of two backwards added all that the first did, from its loss or more."""
    mine, theirs = filled_by(one), filled_by(other)
    is_part = len(mine) >= _ENOUGH and mine < theirs
    if not mine or one.loss is None or not (is_part or (one.loss == other.loss and mine == theirs)):
        return False
    alike = [n for n in mine if _is_alike(one.grads[n].delta, other.grads[n].delta)]
    if not is_part:
        return len(alike) == len(mine)
    # Where parts share a trunk, only what is one's own says so; a mean loss's bias says nothing.
    told = any((r := one.grads[n].delta) is not None and r.min != r.max for n in alike)
    return len(alike) >= _ENOUGH and told


def _is_alike(one: Reading | None, other: Reading | None) -> bool:
    """Whether two gradients are equal but for the order in which a device may add up."""
    if one is None or other is None:
        return one is other
    near = 1e-5 * one.norm
    pairs = zip((one.norm, one.mean, one.min, one.max), (
        other.norm, other.mean, other.min, other.max,
    ), strict=True)  # fmt: skip
    return all(isclose(a, b, rel_tol=1e-5, abs_tol=near) for a, b in pairs)


_WALKS = one_of(GraphSeen, ForwardRan, reason="the trace has no forward or graph events")
RULE = Rule("BT105", "counted-twice", "error", check, __doc__, needs=(_WALKS,))
