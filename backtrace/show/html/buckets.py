"""Numbers over a run of any length in a bounded number of buckets, with their extremes kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import isfinite
from typing import Any

MOST = 300  # buckets; a page is not much wider
_BLOCK = 64  # updates whose rows are entered at once
# What a bucket holds, told by its foremost: not finite, a number, zeros only, None only, nothing.
_RANKS = {"x": 4, ".": 3, "z": 2, "n": 1, "-": 0}


@dataclass(slots=True)
class Track:
    """One quantity over the buckets of a timeline: its smallest and largest finite value each."""

    low: list[float | None] = field(default_factory=list)
    high: list[float | None] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    def pad(self, length: int) -> None:
        """Add empty buckets up to `length`."""
        missing = length - len(self.marks)
        if not missing:
            return
        self.low += [None] * missing
        self.high += [None] * missing
        self.marks += ["-"] * missing

    def add(self, value: float | None) -> None:
        """Enter a value into the last bucket; None says that there was none to read."""
        if value is None or not isfinite(value):
            mark = "n" if value is None else "x"
        else:
            mark = "." if value else "z"
            low, high = self.low[-1], self.high[-1]
            if low is None or value < low:
                self.low[-1] = value
            if high is None or value > high:
                self.high[-1] = value
        if mark != self.marks[-1] and _RANKS[mark] > _RANKS[self.marks[-1]]:
            self.marks[-1] = mark

    def add_column(self, spans: Sequence[tuple[int, int, int]], column: Sequence[Any]) -> None:
        """Enter the values of some updates; a span is a bucket, and where its values begin and end.

        Buckets come in order; the first may have values already.
        """
        first, last = spans[0][0], spans[-1][0]
        if None in column or not isfinite(sum(column)):
            for bucket, start, end in spans:
                self.pad(bucket + 1)
                for value in column[start:end]:
                    self.add(value)
            return
        if len(column) == last - first + 1 and len(self.marks) <= first:  # a bucket each
            self.pad(first)
            self.low += column
            self.high += column
            self.marks += ["." if value else "z" for value in column]
            return
        self.pad(last + 1)
        for bucket, start, end in spans:
            part = column[start:end]
            self._merge(bucket, min(part), max(part), "." if any(part) else "z")

    def halve(self) -> None:
        """Make one bucket of each two."""
        if None not in self.low and None not in self.high and len(self.low) % 2 == 0:  # mostly
            self.low = _pairwise(min, self.low)
            self.high = _pairwise(max, self.high)
            self.marks = _pairwise(_foremost, self.marks)
            return
        old = (self.low, self.high, self.marks)
        self.low, self.high, self.marks = [], [], []
        self.pad((len(old[2]) + 1) // 2)
        for at, found in enumerate(zip(*old, strict=True)):
            self._merge(at // 2, *found)

    def to_dict(self, *, is_exact: bool) -> dict[str, object]:
        """Return the track as JSON has it; the smallest values only where they differ."""
        digits = 6 if is_exact else 4
        high = [_rounded(value, digits) for value in self.high]
        if self.low == self.high:
            return {"hi": high, "marks": "".join(self.marks)}
        low = [_rounded(value, digits) for value in self.low]
        found: dict[str, object] = {"hi": high, "marks": "".join(self.marks)}
        return found if low == high else {**found, "lo": low}

    def _merge(self, at: int, low: float | None, high: float | None, mark: str) -> None:
        if low is not None and high is not None:
            lowest, highest = self.low[at], self.high[at]
            self.low[at] = low if lowest is None else min(lowest, low)
            self.high[at] = high if highest is None else max(highest, high)
        if _RANKS[mark] > _RANKS[self.marks[at]]:
            self.marks[at] = mark


class Timeline:
    """The updates of one optimizer in at most `most` buckets, and quantities over them.

    Each bucket is of as many updates; when there are too many, each two become one, so that
    memory does not grow with the run.
    """

    def __init__(self, most: int = MOST) -> None:
        self.width = 1
        self.firsts: list[int] = []
        self.lasts: list[int] = []
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.tracks: dict[Any, Track] = {}
        self._keys: tuple[object, ...] = ()  # of the rows that wait
        self._rows: list[tuple[int, Sequence[float | None]]] = []  # each with its bucket
        self._most = most
        self._inside = 0  # updates in the last bucket

    def begin(self, update: int, order: int) -> None:
        """Begin the update of that number; what is added from here on belongs to it.

        `order` is its place among the updates of all optimizers, from 1.
        """
        if self.firsts and self._inside == self.width and len(self.firsts) == self._most:
            self._halve()
        if self.firsts and self._inside < self.width:
            self.lasts[-1], self.ended[-1] = update, order
            self._inside += 1
        else:
            self.firsts.append(update)
            self.lasts.append(update)
            self.begun.append(order)
            self.ended.append(order)
            self._inside = 1

    def add(self, key: object, value: float | None) -> None:
        """Enter a quantity of the update that was begun."""
        track = self.tracks.get(key)
        if track is None:
            track = self.tracks[key] = Track()
        if len(track.marks) != len(self.firsts):
            track.pad(len(self.firsts))
        track.add(value)

    def add_row(self, keys: tuple[object, ...], values: Sequence[float | None]) -> None:
        """Enter many quantities of the update that was begun; those of a few updates wait."""
        if keys is not self._keys and keys != self._keys:
            self._enter_rows()
            self._keys = keys
        self._rows.append((len(self.firsts) - 1, values))
        if len(self._rows) == _BLOCK:
            self._enter_rows()

    def close(self) -> None:
        """Make all tracks as long as the timeline."""
        self._enter_rows()
        for track in self.tracks.values():
            track.pad(len(self.firsts))

    def _enter_rows(self) -> None:
        """Enter the rows that wait, a quantity at a time: in C, but for its buckets."""
        spans, start = [], 0
        for bucket, some in groupby(bucket for bucket, _ in self._rows):
            end = start + len(list(some))
            spans.append((bucket, start, end))
            start = end
        columns = zip(*(values for _, values in self._rows), strict=True)
        for key, column in zip(self._keys, columns, strict=True) if spans else ():
            self.tracks.setdefault(key, Track()).add_column(spans, column)
        self._rows = []

    def _halve(self) -> None:
        self._enter_rows()
        odd = len(self.firsts) % 2
        self._inside = self.width if odd else 2 * self.width
        self.width *= 2
        self.firsts, self.begun = self.firsts[::2], self.begun[::2]
        self.lasts, self.ended = _seconds(self.lasts), _seconds(self.ended)
        for track in self.tracks.values():
            track.halve()


def _pairwise(of: Callable[[Any, Any], Any], found: Sequence[Any]) -> list[Any]:
    """Return what a function makes of each two."""
    return list(map(of, found[::2], found[1::2]))


def _foremost(one: str, two: str) -> str:
    return two if _RANKS[two] > _RANKS[one] else one


def _seconds(found: Sequence[int]) -> list[int]:
    """Return the latter of each two; of an odd number, the last stands alone."""
    return [found[min(at + 1, len(found) - 1)] for at in range(0, len(found), 2)]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else float(f"{value:.{digits}g}")
