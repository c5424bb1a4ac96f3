"""Tells schedules that count what a run draws, micro-batches or rows, and step once for several."""

from __future__ import annotations

from backtrace.diagnose.accumulation import find_micro_batches
from backtrace.diagnose.census.rates import RateAccount, Schedule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.loader_facts import BatchDrawn

_LARGE = 16  # rows of a batch: no plan is by chance as many times as long as the run


def count_planned(run: Stretch, rates: RateAccount, found: Schedule) -> int:
    """Return how many micro-batches each step reads, if a schedule counts them all; 0 otherwise.

    The run must have gone through its data a whole number of times.
    """
    updates, length = rates.steps_of(found.optimizer), found.period or 0
    if length < 2 * updates:
        return 0
    passes = rates.passes.values()
    count = next((k for each in passes if (k := _tell_window(*each, updates, length))), 0)
    windows = run.windows_by_optimizer.get(found.optimizer, ()) if count else ()
    is_sure = any(_count_micro_batches(window) == count for window, _ in finished(windows))
    return count if is_sure else 0


def count_planned_rows(run: Stretch, rates: RateAccount, found: Schedule) -> int:
    """Return how many rows a batch has, if a schedule counts the rows of all epochs; 0 otherwise.

    A single epoch, with a plan of a round number, may be a trial; a OneCycleLR is made for a run.
    """
    updates, length = rates.steps_of(found.optimizer), found.period or 0
    drawn = {event.loader: event for event in run.of(BatchDrawn)}
    for loader, (epochs, batches) in rates.passes.items():
        last = drawn.get(loader)
        size = last.size if last is not None else None
        if size is None or size < 2 or not epochs or batches < updates:
            continue
        is_meant = epochs > 1 or found.type == "OneCycleLR"
        is_whole = batches % epochs == 0 and length % epochs == 0
        if is_meant and is_whole and length >= 2 * updates:
            each = batches // epochs
            rows = _rows_of_pass(run, loader, size, each)
            is_longer_plan = length % batches == 0 and size < _LARGE
            if length // epochs in rows and not is_longer_plan:
                return size
    return 0


def _rows_of_pass(run: Stretch, loader: str, size: int, batches: int) -> range:
    """Return how many rows a data set may have that gives so many batches of one size."""
    ends = [e.rows for e in run.of(BatchDrawn) if e.loader == loader and e.number == batches]
    if ends and ends[0] is not None and ends[0] < size:
        rows = (batches - 1) * size + ends[0]
        return range(rows, rows + 1)
    return range((batches - 1) * size + 1, (batches + 1) * size)


def _tell_window(epochs: int, batches: int, updates: int, length: int) -> int:
    """Return how many batches of whole epochs each update took, if `length` counts them; or 0."""
    if not epochs or batches % epochs:
        return 0
    each = batches // epochs
    for count in {round(batches / updates), -(-batches // updates), batches // updates} - {0, 1}:
        steps = {batches // count, -(-each // count) * epochs, each // count * epochs}
        if updates in steps and length in (batches, updates * count):
            return count
    return 0


def _count_micro_batches(window: Window) -> int:
    """Count them; Lightning gives the last one to `step` as its closure, LBFGS the same batch."""
    backwards, batches = len(window.counted), len(window.of(BatchDrawn))
    is_one_each = window.has_closure and backwards == batches
    return backwards if is_one_each else len(find_micro_batches(window))
