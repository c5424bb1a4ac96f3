"""Two runs side by side: where they part first, by how much, and what it comes to.

Bitwise equality is told apart from equality within a tolerance. Where readings name their exact
bits (`digest`) equality is proved; where they do not, equal readings are all that can be said.
Of tensors too large for their numbers to be kept, the statistics are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan

from backtrace.events import Reading
from backtrace.updates import Row, Update

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
    """One run under a name."""

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
    explain. `largest` is the largest relative difference of all.
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


def compare(base: Variant, other: Variant, tolerance: Tolerance | None = None) -> Comparison:
    """Compare two runs, update by update and parameter by parameter, by name."""
    tolerance = tolerance or Tolerance()
    parting = beyond = None
    largest = 0.0
    updates = min(len(base.updates), len(other.updates))
    for one, two in zip(base.updates, other.updates, strict=False):
        for call, name, account, pair in _walk(one, two):
            difference = measure(*pair, tolerance)
            if difference.is_bitwise:
                continue
            largest = max(largest, difference.relative)
            place = Parting(one.index, call, name, account, *pair, difference)
            parting = parting or place
            if not difference.is_close:
                beyond = beyond or place
    mine, theirs = _names(base), _names(other)
    return Comparison(
        base, other, tolerance, updates, parting, beyond, largest,
        tuple(n for n in mine if n not in theirs), tuple(n for n in theirs if n not in mine),
    )  # fmt: skip


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


def _names(variant: Variant) -> Mapping[str, None]:
    return {name: None for update in variant.updates for name in update.rows}
