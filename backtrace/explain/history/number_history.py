"""What the history of a number holds: the calls behind it, update by update, the latest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backtrace.explain.history.account_writes import AccountWrite
from backtrace.explain.history.amount import Amount, pick_amount
from backtrace.explain.history.asked_number import AskedNumber
from backtrace.ledger.books import Balance
from backtrace.ledger.events import Event, ParameterSeen, Reading, Receipt, StepTaken
from backtrace.ledger.rank_facts import ShardSeen


@dataclass(frozen=True, slots=True)
class PlainStep:
    """A change that is `−lr·grad` and nothing else, as far as rounding lets one tell."""

    lr: float
    grad: float


@dataclass(frozen=True, slots=True)
class HistoryLink:
    """One call in the history of a number, and the numbers before and after it.

    `by` is what it added. `factor` is what clipping or unscaling multiplied by, where that is
    one number. A backward is the `number`-th of `count` in its update's history. `terms`
    are the parts that loss terms had in what it added, `ranks` what each rank had before a
    reduction. A step has its `receipt` if that was recorded, or is `plain`.
    """

    write: AccountWrite
    before: Amount | None
    by: Amount | None
    after: Amount | None
    balance: Balance
    factor: float | None = None
    number: int = 0
    count: int = 0
    terms: Mapping[str, Amount] = field(default_factory=dict)
    ranks: Mapping[int, Amount | None] = field(default_factory=dict)
    receipt: Receipt | None = None
    plain: PlainStep | None = None

    @property
    def begins_nonfinite(self) -> bool:
        """Whether the number is not finite from here on."""
        was_finite = self.before is None or self.before.is_finite
        return was_finite and self.after is not None and not self.after.is_finite


@dataclass(frozen=True, slots=True)
class LastWriter:
    """The event that wrote an account last, and the number of its update.

    `back` is through how many updates a history has to go to show it. `loaded` is whose
    `load_state_dict` it was, as far as that is known.
    """

    update: int
    event: Event
    back: int = 1
    loaded: str = ""


@dataclass(frozen=True, slots=True)
class UpdateHistory:
    """The links of one update, the latest first; `missed` are steps that were skipped or not read.

    `step` is None while no step has ended the update. `left_by` wrote the gradient that the
    earliest link found, where the history is a value's and the gradient was not cleared.
    """

    number: int
    optimizer: str
    step: StepTaken | None
    links: tuple[HistoryLink, ...]
    missed: tuple[Event, ...] = ()
    left_by: LastWriter | None = None


@dataclass(frozen=True, slots=True)
class NumberHistory:
    """Where a number comes from; `seen` and `now` are its tensor as the latest update left it.

    `writer` wrote it last, None where nothing has since the tensor came into view. `rest` is what
    stood there before the last link, and who wrote that, unless nothing is left of it;
    `rest_unread` when it was a step that was not read. `shard` says of what the tensor is a part.
    `until_nonfinite` when the first update was sought in which the number was not finite. `at` is
    the call of the latest update that left the number so, None where that is its end.
    """

    asked: AskedNumber
    seen: ParameterSeen
    now: Reading | None
    writer: LastWriter | None
    updates: tuple[UpdateHistory, ...]
    rest: Amount | None = None
    rest_writer: LastWriter | None = None
    rest_unread: bool = False
    shard: ShardSeen | None = None
    until_nonfinite: bool = False
    at: Event | None = None

    @property
    def amount(self) -> Amount | None:
        """The number, or the norm of its tensor; None for a gradient of None."""
        return pick_amount(self.now, self.asked.offset)
