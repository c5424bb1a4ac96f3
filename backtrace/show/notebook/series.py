"""What is drawn over a trace's updates: numbers of each optimizer, few enough for a drawing."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot, isfinite

from backtrace.ledger.trace import Trace
from backtrace.ledger.updates import Update
from backtrace.tracefile import TraceFile

Points = Sequence[tuple[int, float]]  # an update's number, and what it had
_MOST = 400  # points of a curve


def losses(trace: Trace) -> dict[str, Points]:
    """Return the loss of every finished update that had one, by optimizer."""
    found: dict[str, list[tuple[int, float]]] = {}
    if isinstance(trace, TraceFile):  # a long one is not gone through
        for entry in trace.outline():
            if entry.is_complete and entry.loss is not None:
                found.setdefault(entry.optimizer, []).append((entry.number, entry.loss))
        return dict(found)
    for update in _finished(trace):
        if update.loss is not None:
            name = update.called or update.optimizer
            found.setdefault(name, []).append((update.index, update.loss))
    return dict(found)


def grad_norms(trace: Trace) -> dict[str, Points]:
    """Return the norm of all gradients that each step read, by optimizer."""
    found: dict[str, list[tuple[int, float]]] = {}
    if isinstance(trace, TraceFile):
        for name in losses(trace):
            sums: dict[int, float] = {}
            for at, _, norm in trace.series("grad_after", optimizer=name):
                sums[at] = hypot(sums.get(at, 0.0), norm)
            found[name] = list(sums.items())
        return dict(found)
    for update in _finished(trace):
        rows = [row for row in update.rows.values() if row.kind != "input"]
        norms = [row.grad_after.norm for row in rows if row.grad_after is not None]
        if norms:
            name = update.called or update.optimizer
            found.setdefault(name, []).append((update.index, hypot(*norms)))
    return dict(found)


def thinned(points: Points) -> Points:
    """Return at most 800 of the points, with the extremes and what is not finite among them."""
    width = -(-len(points) // _MOST)
    if width < 2:
        return points
    kept: set[int] = {0, len(points) - 1}
    for start in range(0, len(points), width):
        part = range(start, min(start + width, len(points)))
        kept |= {at for at in part if not isfinite(points[at][1])}
        finite = [at for at in part if isfinite(points[at][1])]
        if finite:
            kept |= {min(finite, key=lambda at: points[at][1])}
            kept |= {max(finite, key=lambda at: points[at][1])}
    return [points[at] for at in sorted(kept)]


def _finished(trace: Trace) -> list[Update]:
    return [update for update in trace.updates if update.is_complete]
