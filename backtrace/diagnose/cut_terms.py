"""Finds what is added to a sum of loss functions from outside its graph, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from backtrace.diagnose.dead_terms import LEAST, is_single
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.graph_parts import LOSS_NODES, Addend
from backtrace.ledger.graph_seen import GraphSeen, Op
from backtrace.ledger.loss_facts import LossCalled

_ENOUGH = 3
Kinds = dict[tuple[str, tuple[Op, ...]], tuple[Addend, ...]]  # by line and path


@dataclass(frozen=True, slots=True)
class CutTerm:
    """What one update's loss holds beside the loss functions with a graph."""

    number: int
    graph: GraphSeen
    loss: float
    value: float


def find_cut_terms(run: Stretch) -> Iterator[tuple[str, list[CutTerm]]]:
    """Give each such term, as it is written, when it has three values or more.

    None where it stays within rounding, or is what earlier losses came to (a running total).
    """
    graphs = [graph for graph in run.of(GraphSeen) if graph.addends]
    names = {graph.where: graph.cut_term for graph in graphs if graph.cut_term}
    kinds = {(graph.where, graph.path): graph.addends for graph in graphs if graph.where in names}
    found: dict[str, list[CutTerm]] = {}
    for window in run.windows if kinds else ():
        for term in _read(window, kinds):
            found.setdefault(term.graph.where, []).append(term)
    for where, terms in found.items():
        least = LEAST * max(abs(term.loss) for term in terms)
        values = sorted(term.value for term in terms)
        steps = sum(b - a > least for a, b in pairwise(values))
        totals = sum(abs(b.value - a.loss) <= least for a, b in pairwise(terms))
        if steps + 1 >= _ENOUGH and not totals:
            yield names[where], terms


def _read(window: Window, kinds: Kinds) -> Iterator[CutTerm]:
    calls: list[LossCalled] = []
    graph: GraphSeen | None = None
    for event in window.events if window.step is not None else ():
        if isinstance(event, LossCalled):
            calls.append(event)
        elif isinstance(event, GraphSeen):
            graph = event
        elif isinstance(event, BackwardRan):
            addends = kinds.get((graph.where, graph.path)) if graph is not None else None
            live = _add_up(addends, calls) if addends else None
            loss, calls = event.loss, []
            if graph is None or live is None or loss is None or not isfinite(loss):
                continue
            if is_single(loss):
                yield CutTerm(window.number, graph, loss, loss - live / (event.scale or 1.0))


def _add_up(addends: Sequence[Addend], calls: Sequence[LossCalled]) -> float | None:
    """Return what the parts with a graph come to; None unless each has its own call."""
    total = 0.0
    for kind in {addend.operation for addend in addends}:
        weights = [addend.weight for addend in addends if addend.operation == kind]
        values = [call.value for call in calls if call.input_from and _makes(call, kind)]
        if len(values) != len(weights):
            return None
        for weight, value in zip(weights, values, strict=True):
            if value is None or not isfinite(value):
                return None
            total += weight * value
    return total


def _makes(call: LossCalled, operation: str) -> bool:
    return operation.startswith(LOSS_NODES.get(call.function, " "))
