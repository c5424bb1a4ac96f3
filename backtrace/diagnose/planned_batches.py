"""Tells schedules that are as long as the micro-batches of a run, and step once for several."""

from __future__ import annotations

from backtrace.diagnose.accumulation import find_micro_batches
from backtrace.diagnose.census.rates import RateAccount, Schedule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window, finished
from backtrace.ledger.loader_facts import BatchDrawn


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
