"""Finds what is added to a loss from outside its graph, by the numbers alone."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.graph_parts import LOSS_NODES
from backtrace.ledger.graph_seen import GraphSeen, Op
from backtrace.ledger.loss_facts import LossCalled

_ENOUGH = 3
LEAST = 1e-5  # of the loss: what is less is rounding, which is near 1e-7 in float32


@dataclass(frozen=True, slots=True)
class DeadTerm:
    """One update's loss, and what it holds beside that of the loss function with a graph."""

    number: int
    where: str
    function: str
    loss: float
    value: float


def find_dead_terms(run: Stretch) -> list[DeadTerm]:
    """Return the updates of a loss to which a number is added that is another each time.

    None where the number is constant, where it is what earlier losses came to (a running total),
    or where it stays within rounding.
    """
    found = [term for window in run.windows if (term := _read(window)) is not None]
    if len(found) < _ENOUGH or len({(term.where, term.function) for term in found}) != 1:
        return []
    values = [term.value for term in found]
    least = LEAST * max(abs(term.loss) for term in found)
    if len(set(values)) < len(found) or not max(values) - min(values) > least:
        return []
    totals = sum(abs(b.value - a.loss) <= least for a, b in pairwise(found))
    return found if not totals else []


def _read(window: Window) -> DeadTerm | None:
    """Return what one update shows; None unless all that its loss is made of can be told."""
    backwards, graphs = window.of(BackwardRan), window.of(GraphSeen)
    if len(backwards) != 1 or len(graphs) != 1 or window.step is None:
        return None
    loss = backwards[0].loss
    calls = [call for call in window.of(LossCalled) if call.index < backwards[0].index]
    found = _find_live([call for call in calls if call.input_from], graphs[0].path)
    if loss is None or found is None or not is_single(loss) or not isfinite(loss):
        return None
    live, rest = found[0], loss - found[1]
    return DeadTerm(window.number, graphs[0].where, live.function, loss, rest)


def _find_live(calls: Sequence[LossCalled], path: Sequence[Op]) -> tuple[LossCalled, float] | None:
    """Return the call that the loss's path leads to, and its part of the loss.

    Others may have a graph of their own that does not lead to the loss (`.item()`); where one
    function was called twice, its values cannot be told apart.
    """
    for call in calls:
        is_only = sum(other.function == call.function for other in calls) == 1
        share = _follow(path, call.function) if is_only else None
        if share is not None and call.value is not None and isfinite(call.value):
            return call, share * call.value
    return None


def _follow(path: Sequence[Op], function: str) -> float | None:
    """Return what the function's value is multiplied by on its way to a loss that adds to it.

    None where another way leads to the loss, or where nothing without a graph is added.
    """
    share, adds = 1.0, False
    for op in path:
        if op.output or op.name.startswith(LOSS_NODES.get(function, " ")):
            return share if adds and not op.output else None
        if len(op.inputs) != 1 or op.inputs[0]:
            return None
        if op.name == "AddBackward0":
            adds = True
        elif op.name in ("MulBackward0", "DivBackward0") and op.scalar:
            share = share * op.scalar if op.name == "MulBackward0" else share / op.scalar
        else:
            return None
    return None


def is_single(loss: float) -> bool:
    """Whether a loss has the digits of float32; one of half of them is rounded too much."""
    try:
        bits = int.from_bytes(struct.pack(">f", loss), "big")
    except OverflowError:
        return False
    return bool(bits & 0x1FFF)
