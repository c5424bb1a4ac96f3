"""Finds gradient accumulation: backwards over one batch after the other, and one step for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isclose, prod

from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, Event, ForwardRan
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.loss_facts import LossCalled


@dataclass(frozen=True, slots=True)
class AccumulatedBackward:
    """One of several backwards that a step reads together, and what led to it."""

    backward: BackwardRan
    graph: GraphSeen | None
    loss: LossCalled | None
    batch: BatchDrawn | None
    forward: ForwardRan | None

    @property
    def source(self) -> tuple[object, ...]:
        """What must be alike in all micro-batches: all else is another task, or another loss."""
        return (
            self.backward.where,
            self.batch.loader if self.batch else None,
            self.forward.module if self.forward else None,
            (self.loss.function, self.loss.reduction) if self.loss else None,
        )

    @property
    def rows(self) -> int | None:
        """The number of items that its loss is a mean of, None where that is not known."""
        if self.loss is not None and self.loss.target_shape:
            return prod(self.loss.target_shape)
        known = self.batch.rows if self.batch else None
        return known if known is not None or self.forward is None else self.forward.rows

    @property
    def factor(self) -> float | None:
        """By what the mean over its rows was multiplied before backward, None if not known."""
        if self.loss is not None:
            known = self.loss.reduction == "mean" and self.loss.value and self.backward.loss
            return known / self.loss.value if known and self.loss.value else None
        path = self.graph.path if self.graph is not None else ()
        if not path:
            return None
        first = path[0]
        if first.name.startswith("Mean"):
            return 1.0
        is_mean = len(path) > 1 and path[1].name.startswith("Mean")
        if not is_mean or not first.scalar:
            return None
        return 1 / first.scalar if first.name.startswith("Div") else first.scalar

    @property
    def is_product(self) -> bool:
        """Whether the last thing that was done to the loss is `0.5 * loss`, and not `loss / 2`."""
        path = self.graph.path if self.graph is not None else ()
        return bool(path) and path[0].name.startswith("Mul")


def find_micro_batches(window: Window) -> list[AccumulatedBackward]:
    """Return the micro-batches that the step of a window reads together; empty if there are none.

    Backwards count as such when they stand on one line, follow a forward of the same model or a
    batch each, over other data each time, and reach the same tensors; not those of a closure that
    is called again and again, nor those of one batch that is gone through twice, or is real and
    made up in turn as in a GAN.
    """
    if sum(isinstance(event, BackwardRan) for event in window.in_step) > 1:
        return []  # Lightning's closure runs the last micro-batch alone
    found = collect(window.events, window.counted)
    if any(each.batch is None for each in found):  # a window's batches may be drawn in advance
        found = [replace(each, batch=None) for each in found]
    if len(found) < 2 or len({each.source for each in found}) > 1:
        return []
    if any(each.forward is None and each.batch is None for each in found) or all(
        map(_has_one_target, found)
    ):
        return []
    reached = window.filled_by(found[0].backward)
    if any(window.filled_by(each.backward) != reached for each in found):
        return []
    if found[0].batch is not None:
        return found
    data = {each.forward.data for each in found if each.forward is not None}
    return found if len(data) == len(found) else []


def collect(events: Sequence[Event], backwards: Sequence[BackwardRan]) -> list[AccumulatedBackward]:
    """Return each of the backwards with what happened since the one before."""
    wanted = {backward.index for backward in backwards}
    found: list[AccumulatedBackward] = []
    graph: GraphSeen | None = None
    batch: BatchDrawn | None = None
    forward: ForwardRan | None = None
    losses: list[LossCalled] = []
    for event in events:
        if isinstance(event, GraphSeen):
            graph = event
        elif isinstance(event, LossCalled):
            losses.append(event)
        elif isinstance(event, BatchDrawn):
            batch = event
        elif isinstance(event, ForwardRan):
            forward = forward or event
        elif isinstance(event, BackwardRan):
            if event.index in wanted:
                loss = losses[0] if len(losses) == 1 else None
                found.append(AccumulatedBackward(event, graph, loss, batch, forward))
            graph, batch, forward, losses = None, None, None, []
    return found


def is_same_factor(found: Sequence[AccumulatedBackward], wanted: float | None = None) -> bool:
    """Whether all micro-batches were weighted alike, by `wanted` if that is given."""
    factors = [each.factor for each in found]
    first = factors[0] if wanted is None else wanted
    return first is not None and all(
        factor is not None and isclose(factor, first, rel_tol=1e-3) for factor in factors
    )


def is_undivided(found: AccumulatedBackward, count: int) -> bool:
    """Whether its mean loss was not divided by the number of micro-batches.

    Where something was added to the loss, such as a penalty, only the graph can tell: none of
    the numbers in it that multiply or divide is that number.
    """
    factor = found.factor
    if factor is None or isclose(factor, 1.0, rel_tol=1e-3):
        return factor is not None
    path = found.graph.path if found.graph is not None else ()
    if factor < 1 or not path or not path[0].name.startswith(("Add", "Sub")):
        return False
    scalings = [op.scalar for op in path if op.name.startswith(("Mul", "Div"))]
    return all(
        scalar is not None and not any(isclose(scalar, n, rel_tol=1e-3) for n in (count, 1 / count))
        for scalar in scalings
    )


def _has_one_target(found: AccumulatedBackward) -> bool:
    loss = found.loss
    return loss is not None and loss.target_min is not None and loss.target_min == loss.target_max
