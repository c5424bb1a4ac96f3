"""Two runs side by side: where they part first, by how much, and what it comes to.

Bitwise equality is told apart from equality within a tolerance. Where readings name their exact
bits (`digest`) equality is proved; where they do not, equal readings are all that can be said.
Of tensors too large for their numbers to be kept, the statistics are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import inf, isfinite, nan

from backtrace.ledger.events import Reading
from backtrace.ledger.updates import Row, Update

Pair = tuple[Reading | None, Reading | None]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """`|a - b| <= absolute + relative * |b|`, as torch.allclose has it."""

    relative: float = 1e-5
    absolute: float = 1e-8


@dataclass(frozen=True, slots=True)
class Difference:
    """How two readings of the same tensor differ.

    `largest` is the largest difference of two elements, or of two statistics where the elements
    were not kept; `relative` is that over the largest magnitude; `ratio` is other / base, of the
    norms, signed where there is one element. They are NaN when only one of the two is None.
    """

    is_bitwise: bool
    is_close: bool
    largest: float
    relative: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Parting:
    """The first place where two runs differ."""

    update: int
    call: str
    parameter: str
    account: str
    base: Reading | None
    other: Reading | None
    difference: Difference


@dataclass(frozen=True)
class Variant:
    """One run under a name; its updates can be gone through more than once."""

    name: str
    updates: Sequence[Update]

    @property
    def losses(self) -> list[float]:
        """The loss of each update; NaN where none was seen."""
        return [nan if update.loss is None else update.loss for update in self.updates]


@dataclass(frozen=True)
class Comparison:
    """What comparing `other` with `base` gave.

    `parting` is the first bitwise difference, `beyond` the first that the tolerance does not
    explain. `largest` is the largest relative difference of all, `growth` that of each update,
    `measured` says how many pairs of readings were compared, `lengths` how many finished
    updates each has, `order` where their optimizers do not step in the same order.
    """

    base: Variant
    other: Variant
    tolerance: Tolerance
    updates: int
    parting: Parting | None
    beyond: Parting | None
    largest: float
    only_base: tuple[str, ...]
    only_other: tuple[str, ...]
    growth: tuple[float, ...] = ()
    measured: int = 0
    lengths: tuple[int, int] = (0, 0)
    order: str = ""


def compare(base: Variant, other: Variant, tolerance: Tolerance | None = None) -> Comparison:
    """Compare the finished updates of two runs, parameter by parameter, by name.

    Updates are read once and in order, so they may come from a file that is larger than memory.
    """
    tolerance = tolerance or Tolerance()
    tally = _Tally(tolerance)
    for one, two in zip_longest(_finished(base), _finished(other)):
        tally.take(one, two)
    mine, theirs = tally.names
    return Comparison(
        base, other, tolerance, len(tally.growth), tally.parting, tally.beyond,
        max(tally.growth, default=0.0),
        tuple(n for n in mine if n not in theirs), tuple(n for n in theirs if n not in mine),
        tuple(tally.growth), tally.measured, (tally.lengths[0], tally.lengths[1]), tally.order,
    )  # fmt: skip


class _Tally:
    """What is known of two runs after some of their updates."""

    def __init__(self, tolerance: Tolerance) -> None:
        self.parting: Parting | None = None
        self.beyond: Parting | None = None
        self.growth: list[float] = []
        self.measured = 0
        self.lengths = [0, 0]
        self.order = ""
        self.names: tuple[dict[str, None], dict[str, None]] = ({}, {})
        self._tolerance = tolerance

    def take(self, one: Update | None, two: Update | None) -> None:
        for side, update in enumerate((one, two)):
            if update is not None:
                self.lengths[side] += 1
                self.names[side].update(dict.fromkeys(update.rows))
        if one is None or two is None or self.order:
            return
        if one.optimizer != two.optimizer:
            place = self.lengths[0]
            self.order = f"step {place} is {one.optimizer}'s in one, {two.optimizer}'s in the other"
            return
        self.growth.append(self._measure(one, two))

    def _measure(self, one: Update, two: Update) -> float:
        largest = 0.0
        for call, name, account, pair in _walk(one, two):
            difference = measure(*pair, self._tolerance)
            self.measured += 1
            if difference.is_bitwise:
                continue
            largest = max(largest, difference.relative)
            place = Parting(one.index, call, name, account, *pair, difference)
            self.parting = self.parting or place
            if not difference.is_close:
                self.beyond = self.beyond or place
        return largest


def _finished(variant: Variant) -> Iterator[Update]:
    return (update for update in variant.updates if update.is_complete)


def measure(base: Reading | None, other: Reading | None, tolerance: Tolerance) -> Difference:
    """Return how two readings differ; None, a gradient that is not there, only equals None."""
    if base is None or other is None:
        same = base is other
        return Difference(same, same, 0.0 if same else nan, 0.0 if same else inf, nan)
    ratio = _ratio(base, other)
    if is_bitwise_equal(base, other):
        return Difference(True, True, 0.0, 0.0, ratio)
    if base.shape != other.shape:
        return Difference(False, False, nan, inf, nan)
    pairs = list(_numbers(base, other))
    largest = max((abs(a - b) if a != b else 0.0 for a, b in pairs), default=0.0)
    size = max((max(abs(a), abs(b)) for a, b in pairs), default=0.0)
    if not isfinite(largest):
        return Difference(False, False, largest, inf, ratio)
    bound = tolerance.absolute + tolerance.relative * size
    return Difference(False, largest <= bound, largest, largest / size if size else 0.0, ratio)


def is_bitwise_equal(base: Reading, other: Reading) -> bool:
    """Whether two readings are of the same bits, as far as they can tell."""
    if base.digest and other.digest:
        same_kind = base.dtype == other.dtype and base.shape == other.shape
        return same_kind and base.digest == other.digest
    return repr(base) == repr(other)  # by repr, so that NaN equals NaN


def _numbers(base: Reading, other: Reading) -> Iterator[tuple[float, float]]:
    if base.values is not None and other.values is not None:
        yield from zip(base.values, other.values, strict=True)
    else:
        yield base.norm, other.norm
        yield base.min, other.min
        yield base.max, other.max


def _ratio(base: Reading, other: Reading) -> float:
    one, two = base.norm, other.norm
    if base.numel == other.numel == 1:
        one, two = base.mean, other.mean
    if one == 0:
        return 1.0 if two == 0 else inf
    return two / one


def _walk(one: Update, two: Update) -> Iterator[tuple[str, str, str, Pair]]:
    """Go through what two updates have in common, in the order in which calls happen."""
    pairs = [(name, row, two.rows[name]) for name, row in one.rows.items() if name in two.rows]
    yield from _account(pairs, "start", "value", "value_before")
    yield from _account(pairs, "zero_grad", ".grad", "grad_before")
    backwards = max((len(row.added) for row in one.rows.values()), default=0)
    if backwards == max((len(row.added) for row in two.rows.values()), default=0):
        for number in range(backwards):
            label = f"backward {number + 1}" if backwards > 1 else "backward"
            for name, mine, theirs in pairs:
                yield label, name, ".grad", (mine.added[number], theirs.added[number])
    yield from _account(pairs, "backward", ".grad", "grad_after")
    yield from _account(pairs, "step", "value", "value_after")


def _account(
    pairs: list[tuple[str, Row, Row]], call: str, account: str, field: str
) -> Iterator[tuple[str, str, str, Pair]]:
    for name, mine, theirs in pairs:
        yield call, name, account, (getattr(mine, field), getattr(theirs, field))
