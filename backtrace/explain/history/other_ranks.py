"""What the other ranks of a run had of a gradient before it was reduced."""

from __future__ import annotations

from dataclasses import replace

from backtrace.explain.history.account_writes import find_writes
from backtrace.explain.history.amount import Amount, pick_amount
from backtrace.explain.history.asked_number import AskedNumber
from backtrace.explain.history.number_history import HistoryLink, NumberHistory, UpdateHistory
from backtrace.ledger.events import GradsReduced
from backtrace.tracefile import TraceFile, open_trace


def add_ranks(trace: TraceFile, history: NumberHistory) -> NumberHistory:
    """Return the history with what each rank had before each reduction, where the trace tells."""
    if len(trace.ranks) < 2:
        return history
    updates = tuple(_with_ranks(trace, update, history.asked) for update in history.updates)
    return replace(history, updates=updates)


def _with_ranks(trace: TraceFile, update: UpdateHistory, asked: AskedNumber) -> UpdateHistory:
    reduced = [link for link in update.links if isinstance(link.write.event, GradsReduced)]
    if not reduced:
        return update
    had = {span.rank: _read_rank(trace, span.rank, update, asked) for span in trace.ranks}
    told: dict[int, HistoryLink] = {}
    for at, link in enumerate(reduced):  # the latest first, on every rank alike
        told[id(link)] = replace(
            link, ranks={rank: found[at] for rank, found in had.items() if len(found) > at}
        )
    return replace(update, links=tuple(told.get(id(link), link) for link in update.links))


def _read_rank(
    trace: TraceFile, rank: int, update: UpdateHistory, asked: AskedNumber
) -> list[Amount | None]:
    """Return what a rank had before each reduction of an update, the latest first."""
    with open_trace(trace.path, rank) as other:
        entries = [e for e in other.outline(update.number) if e.optimizer == update.optimizer]
        if not entries:
            return []
        found = other.update_events(entries[0].place)
        _, writes = find_writes(found.accounts, found.events, asked.name)
        return [
            pick_amount(write.before, asked.offset)
            for write in reversed(writes)
            if isinstance(write.event, GradsReduced)
        ]
