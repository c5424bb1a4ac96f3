"""Recognises gradients that are never cleared, by what every update finds in `.grad`."""

from __future__ import annotations

from math import isfinite, nan

from backtrace.compare.measure import Tolerance, is_bitwise_equal, measure
from backtrace.ledger.updates import Update


class CarriedGradients:
    """Goes through one run's updates beside another's.

    `start` is the number of the first update whose gradients hold those of the update before;
    `ratios` are, at most of three updates, how much larger the gradient of `parameter` is there
    than in the other run: of the first two, and of the last.
    """

    def __init__(self) -> None:
        self.start: int | None = None
        self.parameter = ""
        self.ratios: dict[int, float] = {}
        self._before: Update | None = None
        self._has_ended = False

    @property
    def is_constant(self) -> bool:
        """Whether every update from `start` on carries the gradients of the one before."""
        return self.start is not None and not self._has_ended

    def take(self, update: Update, beside: Update) -> None:
        """Enter the next update, and the other run's in the same place."""
        carries = self._before is not None and _carries(self._before, update)
        self._before = update
        if self.start is None and carries:
            self.start = update.index
        if self.start is None:
            return
        self._has_ended |= not carries
        if len(self.ratios) > 2:
            self.ratios.popitem()
        self.parameter = self.parameter or _find_largest(beside)
        ratio = _ratio(beside, update, self.parameter)
        if isfinite(ratio):
            self.ratios[update.index] = ratio


def _carries(before: Update, after: Update) -> bool:
    """Whether every gradient was found as the update before left it, and was not empty."""
    rows = [
        (row.grad_after, after.rows[name].grad_before)
        for name, row in before.rows.items()
        if name in after.rows and row.kind != "input" and row.grad_after is not None
    ]
    return bool(rows) and all(
        left is not None and found is not None and left.norm > 0 and is_bitwise_equal(left, found)
        for left, found in rows
    )


def _find_largest(update: Update) -> str:
    """Return the parameter with the largest gradient; '' where none has any."""
    norms = {
        row.name: row.grad_after.norm
        for row in update.rows.values()
        if row.kind != "input" and row.grad_after is not None
    }
    return max(norms, key=norms.__getitem__, default="")


def _ratio(base: Update, other: Update, parameter: str) -> float:
    """Return the ratio of a parameter's gradients."""
    if parameter not in base.rows or parameter not in other.rows:
        return nan
    sides = (base.rows[parameter].grad_after, other.rows[parameter].grad_after)
    return measure(*sides, Tolerance()).ratio
