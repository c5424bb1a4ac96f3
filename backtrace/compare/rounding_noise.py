"""How far rounding drives a run from itself: the bound that other runs are held to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf, isfinite

from backtrace.compare.account_walk import ReadingPair, walk_sums
from backtrace.compare.measure import Tolerance, measure
from backtrace.compare.runs import ComparedRun
from backtrace.ledger.updates import Update

SEEDS = (1, 2)  # of the baseline's runs that round otherwise
_FACTOR = 10.0  # times the noise that was seen: two runs are few
_FLOOR = 16.0  # roundings that a sum in another order may come to where nothing cancels
_EPS = {
    "float64": 2.0**-52, "float32": 2.0**-23, "bfloat16": 2.0**-7, "float16": 2.0**-10,
}  # fmt: skip


class RoundingNoise:
    """Keeps the largest relative noise of each account so far, update by update of the baseline.

    A gradient that is noise itself, such as that of a bias before a normalization, leaves nothing
    to judge its parameter by: it is among `lost` from then on. `largest` is the largest noise
    of the others.
    """

    def __init__(self, perturbed: Sequence[ComparedRun]) -> None:
        self.lost: dict[str, None] = {}
        self.largest = 0.0
        self._runs: list[Iterator[Update]] = [run.finished() for run in perturbed]
        self._seen: dict[tuple[str, str], float] = {}

    def take(self, base: Update) -> None:
        """Enter the baseline's next update, beside that of each perturbed run."""
        for run in self._runs:
            update = next(run, None)
            for pair in () if update is None else walk_sums(base, update):
                self._enter(pair)

    def tolerance_of(self, pair: ReadingPair) -> Tolerance:
        """Return by how much two readings of this account may differ."""
        if pair.parameter in self.lost:
            return Tolerance(inf, inf)
        dtype = "" if pair.base is None else pair.base.dtype.removeprefix("torch.")
        floor = _FLOOR * _EPS.get(dtype, _EPS["float32"])
        return Tolerance(_FACTOR * self.noise_of(pair) + floor, 0.0)

    def noise_of(self, pair: ReadingPair) -> float:
        """Return the largest relative noise of this account up to now."""
        return self._seen.get((pair.parameter, pair.account), 0.0)

    def _enter(self, pair: ReadingPair) -> None:
        relative = measure(pair.base, pair.other, Tolerance()).relative
        if not isfinite(relative):
            return
        key = (pair.parameter, pair.account)
        self._seen[key] = max(self._seen.get(key, 0.0), relative)
        if pair.account == ".grad" and _FACTOR * relative >= 1:
            self.lost[pair.parameter] = None
        elif pair.parameter not in self.lost:
            self.largest = max(self.largest, relative)
