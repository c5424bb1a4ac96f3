"""What comparing two runs gave, as data: whoever shows it, live or from files, shows this."""

from __future__ import annotations

from dataclasses import dataclass

from backtrace.compare.measure import Distance, Tolerance
from backtrace.compare.runs import ComparedRun
from backtrace.compare.settings import OtherSetting
from backtrace.ledger.events import Reading


@dataclass(frozen=True, slots=True)
class DifferingReading:
    """A place where two runs differ: a tensor's account after a call, and both readings."""

    update: int
    call: str
    parameter: str
    account: str
    base: Reading | None
    other: Reading | None
    distance: Distance


@dataclass(frozen=True, slots=True)
class LaterCall:
    """A call that one run alone made, and not before `update`."""

    call: str
    run: str
    update: int


@dataclass(frozen=True, slots=True)
class OtherCalls:
    """The first update whose calls are not the same: both sequences, and what ran in one only.

    `later` are the calls that began after it, and that the other run did not make in any update.
    """

    update: int
    base: str
    other: str
    only_base: tuple[str, ...]
    only_other: tuple[str, ...]
    later: tuple[LaterCall, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherShape:
    """A tensor that has the same name in both runs and nothing else in common."""

    parameter: str
    base: tuple[int, ...]
    other: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReadUpdates:
    """Which updates of a run were read: how many, the last one's number, and the widest gap."""

    count: int
    last: int
    gap: int

    @property
    def is_every(self) -> bool:
        """Whether none was left out, as `--every` does."""
        return self.gap <= 1

    def may_end_with(self, other: ReadUpdates) -> bool:
        """Whether both runs may have the same number of updates, those not read included."""
        ends = self.last + max(self.gap, 1), other.last + max(other.gap, 1)
        return self.last < ends[1] and other.last < ends[0]


@dataclass(frozen=True, slots=True)
class NotFinite:
    """From which update on a run is not finite, and what was so first: the loss or an account.

    `loss` is the first update whose loss is not finite, None where every one is.
    """

    update: int
    what: str
    loss: int | None


@dataclass(frozen=True, slots=True)
class Carried:
    """One run of the two never clears its gradients: which, and from which update on.

    `ratios` pairs updates with how large the gradient of `parameter` is there, by norm, beside that
    in the other run; it has the largest one in that run where the first ratio was taken.
    """

    run: str
    update: int
    parameter: str
    ratios: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class HeldToNoise:
    """What two runs were held to in a tolerance's place: how far rounding drives one from itself.

    `allowed` is the relative difference that it explains where they part, `largest` the largest
    that was seen; `lost` are the parameters whose gradients are noise, which were not judged.
    """

    allowed: float
    largest: float
    lost: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What comparing `other` with `base` gave.

    `first` is the first difference of bits, `beyond` the first that the tolerance does not
    explain. `largest` is the largest relative difference of numbers that both have, `growth` that
    of each update that both have, and `numbers` which these are. `is_proved` says whether equal
    readings are equal bits throughout, `exact`
    whether nothing but the same bits counts as equal.

    `updates` were compared, `lengths` says how many finished updates of each run were read, `read`
    which these are, `measured` how many pairs of readings there were, and `backwards` how many an
    update had at most. `order` says where the optimizers do not step in the same order. `nones` is,
    of each tensor, the first account that is None in one run only. `losses` are those of the last
    update that both have, with its number. `noise` is there where that was the measure, and
    `reasons` say what is known of why they part.
    """

    base: ComparedRun
    other: ComparedRun
    tolerance: Tolerance
    exact: bool
    updates: int
    lengths: tuple[int, int]
    read: tuple[ReadUpdates, ReadUpdates]
    order: str
    first: DifferingReading | None
    beyond: DifferingReading | None
    largest: float
    growth: tuple[float, ...]
    numbers: tuple[int, ...]
    measured: int
    is_proved: bool
    only_base: tuple[str, ...]
    only_other: tuple[str, ...]
    shapes: tuple[OtherShape, ...]
    nones: tuple[DifferingReading, ...]
    calls: OtherCalls | None
    not_finite: tuple[NotFinite | None, NotFinite | None]
    carried: Carried | None
    losses: tuple[int, float, float] | None
    backwards: tuple[int, int]
    settings: tuple[OtherSetting, ...]
    config: tuple[str, ...]
    noise: HeldToNoise | None = None
    reasons: tuple[str, ...] = ()

    @property
    def is_equal(self) -> bool:
        """Whether all is the same: the same bits if `exact`, else numbers within the tolerance."""
        differs = self.first if self.exact else self.beyond
        same = self.is_as_long and not self.order
        return same and not (differs or self.only_base or self.only_other)

    @property
    def is_as_long(self) -> bool:
        """Whether both runs have as many updates, as far as those that were read tell."""
        if all(each.is_every for each in self.read):
            return self.lengths[0] == self.lengths[1]
        return self.read[0].may_end_with(self.read[1])
