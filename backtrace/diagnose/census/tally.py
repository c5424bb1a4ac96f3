"""Counts, event by event, what reached each tensor and what moved it: however long the run is."""

from __future__ import annotations

from dataclasses import dataclass, field

from backtrace.diagnose.census.batches import BatchBook
from backtrace.diagnose.census.drops import DropBook
from backtrace.diagnose.census.dry_steps import DryBook
from backtrace.diagnose.census.hand_rates import HandRateBook
from backtrace.diagnose.census.left_values import LeftBook
from backtrace.diagnose.census.losses import LossBook
from backtrace.diagnose.census.orders import OrderBook
from backtrace.diagnose.census.rates import RateBook
from backtrace.diagnose.census.resumes import ResumeBook
from backtrace.diagnose.census.sizes import SizeBook
from backtrace.diagnose.census.validations import ValidationBook
from backtrace.diagnose.gradients import is_something
from backtrace.ledger.accounts import Accounts, AccountState
from backtrace.ledger.entry_columns import lines_of
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    ForwardRan,
    ParameterSeen,
    Reading,
    StepTaken,
)
from backtrace.ledger.facts import OptimizerSeen
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.rank_facts import Copied
from backtrace.ledger.source_facts import SlipSeen
from backtrace.ledger.state_facts import LeftByStep, StateLoaded

TINY = 1e-7  # of which rounding alone may make a gradient that is zero
_SINGLE, _HALF = 1e-6, 1e-2  # some units in the last place, as a share of the value
MOST_LOADS = 1000
_SLIPS = 100
MOST = 20_000  # a loop that makes new tensors without end must not fill the memory


@dataclass(slots=True)
class TensorTally:
    """What one tensor saw; the counts are of events that were read.

    Args:
        wanted: whether it required a gradient at any time.
        filled: backwards, and edits of `.grad`, that gave it something other than zeros.
        zeros: those that gave it nothing but zeros; `tiny` those of which no element reached 1e-7.
        nonfinite: those whose gift was not finite.
        steps: steps of optimizers that held it; `moved` those that changed it with a gradient to
            go by, `drifted` those that changed it without one, `missed` those that found a
            gradient that must have moved it, and changed nothing.
        lost: steps that found nothing of a gradient that had arrived since the step before.
        is_waiting: whether one arrived since the last step.
        since_moved: steps since it last moved.
        moved_at: the place among the events of the last step that moved it with a gradient.
        edits: how often something other than a step changed it; `edited_at` where that was last.
        optimizer: the last that stepped it.
        step_at: where it was last stepped, `file:line`.
    """

    wanted: bool = False
    filled: int = 0
    zeros: int = 0
    tiny: int = 0
    nonfinite: int = 0
    steps: int = 0
    moved: int = 0
    drifted: int = 0
    missed: int = 0
    lost: int = 0
    is_waiting: bool = False
    since_moved: int = 0
    moved_at: int = -1
    edits: int = 0
    edited_at: str = ""
    optimizer: str = ""
    step_at: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """A state that was loaded, and how many steps of all optimizers came before it."""

    event: StateLoaded
    steps: int


@dataclass(slots=True)
class Tallies:
    """The tallies of all tensors of a run.

    `losses` counts the backwards, `empty` those whose loss was zero: nothing was left to learn,
    unless a loss function gave something else (`is_wanting`), which came to nothing after it.
    `evaluations` are how many steps came before the first and the last of them. `flat` names the
    tensors behind each kind of operation that lets no gradient through.

    Args:
        accounts: the fold of the same events, which has taken each before it comes here. It
            knows a tensor by whatever name it has by then.
    """

    accounts: Accounts
    of: dict[AccountState, TensorTally] = field(default_factory=dict)
    optimizers: dict[str, OptimizerSeen] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    rates: RateBook = field(default_factory=RateBook)
    loads: list[Load] = field(default_factory=list)
    slips: list[SlipSeen] = field(default_factory=list)
    evaluations: list[int] = field(default_factory=list)
    batches: BatchBook = field(default_factory=BatchBook)
    orders: OrderBook = field(default_factory=OrderBook)
    drops: DropBook = field(default_factory=DropBook)
    sizes: SizeBook = field(default_factory=SizeBook)
    resumes: ResumeBook = field(default_factory=ResumeBook)
    hand_rates: HandRateBook = field(default_factory=HandRateBook)
    loss_calls: LossBook = field(default_factory=LossBook)
    left: LeftBook = field(default_factory=LeftBook)
    dry: DryBook = field(default_factory=DryBook)
    validations: ValidationBook = field(default_factory=ValidationBook)
    flat: dict[str, dict[str, None]] = field(default_factory=dict)
    losses: int = 0
    empty: int = 0
    is_wanting: bool = False

    def take(self, event: Event) -> None:
        """Count one event."""
        self.rates.take(event)
        self.batches.take(event)
        self.orders.take(event)
        self.drops.take(event)
        self.sizes.take(event)
        self.resumes.take(event)
        self.hand_rates.take(event)
        self.validations.take(event)
        self.loss_calls.take(event)
        self.left.take(event)
        self.dry.take(event)
        match event:
            case BackwardRan():
                self._backward(event)
            case StepTaken():
                self._step(event)
            case ParameterSeen():
                self._see(event)
            case Edited(account="value"):
                for name in event.entries:
                    self._edit(name, event)
            case Edited():
                for name, entry in event.entries.items():
                    if is_something(entry.after):
                        self._give(name, entry.after)
            case LossCalled():
                self.is_wanting |= bool(event.input_from and event.value)
            case GraphSeen():
                self._note_flat(event)
            case OptimizerSeen():
                self.optimizers[event.optimizer] = event
            case ForwardRan(grad_enabled=False, training=False) | SlipSeen() | StateLoaded():
                self._keep(event)

    def _keep(self, event: ForwardRan | SlipSeen | StateLoaded) -> None:
        if isinstance(event, ForwardRan):
            steps = sum(self.rates.steps.values())
            if not self.evaluations or self.evaluations[-1] < steps:
                self.evaluations = [*self.evaluations[:1], steps]
        elif isinstance(event, StateLoaded) and len(self.loads) < MOST_LOADS:
            self.loads.append(Load(event, sum(self.rates.steps.values())))
        elif isinstance(event, SlipSeen) and len(self.slips) < _SLIPS:
            self.slips.append(event)

    def _note_flat(self, event: GraphSeen) -> None:
        for label, names in event.flat.items():
            self.flat.setdefault(label, {}).update(dict.fromkeys(names))

    def _backward(self, event: BackwardRan) -> None:
        self.losses += 1
        self.empty += event.loss == 0
        for name, _, _, delta in lines_of(event.grads):
            if delta is not None:
                self._give(name, delta)

    def _edit(self, name: str, event: Edited) -> None:
        tally = self._find(name)
        if tally is not None and isinstance(event, Copied | LeftByStep):
            tally.moved += 1  # by the step on its copy, or by one that raised
        elif tally is not None:
            tally.edits += 1
            tally.edited_at = event.where

    def _find(self, name: str) -> TensorTally | None:
        state = self.accounts.of.get(name)
        return None if state is None else self.of.get(state)

    def _see(self, event: ParameterSeen) -> None:
        state = self.accounts.of.get(event.name)
        if state is None or event.kind == "input":
            return
        tally = self.of.get(state)
        if tally is None:
            if len(self.of) >= MOST:
                return
            tally = self.of[state] = TensorTally()
        tally.wanted = tally.wanted or event.requires_grad

    def _give(self, name: str, gift: Reading | None) -> None:
        tally = self._find(name)
        if tally is None or gift is None:
            return
        tally.is_waiting = tally.is_waiting or not is_tiny(gift)
        if gift.nonfinite:
            tally.nonfinite += 1
        elif is_tiny(gift):
            tally.tiny += gift.norm > 0
            tally.zeros += gift.norm == 0
        else:
            tally.filled += 1

    def _step(self, event: StepTaken) -> None:
        self.steps[event.optimizer] = self.steps.get(event.optimizer, 0) + 1
        for name, before, _, delta in lines_of(event.values):
            tally = self._find(name)
            if tally is None:
                continue
            tally.steps += 1
            tally.optimizer, tally.step_at = event.optimizer, event.where
            has_gradient = is_something(event.grads.get(name))
            tally.lost += tally.is_waiting and not has_gradient
            tally.is_waiting = False
            if is_something(delta):
                tally.since_moved = 0
                if has_gradient:
                    tally.moved += 1
                    tally.moved_at = event.index
                else:
                    tally.drifted += 1
            else:
                tally.since_moved += 1
                tally.missed += is_enough(event.grads.get(name), before, event.lr)


def is_enough(grad: Reading | None, value: Reading | None, rates: tuple[float, ...]) -> bool:
    """Whether a gradient times the rate is above what rounding takes from any element."""
    if grad is None or value is None or is_tiny(grad):
        return False
    share = _HALF if value.dtype in ("float16", "bfloat16") else _SINGLE
    change = max(map(abs, rates), default=0.0) * max(abs(grad.min), abs(grad.max))
    return change > share * max(abs(value.min), abs(value.max))


def is_tiny(reading: Reading | None) -> bool:
    """Whether no element of a gradient reaches what rounding may leave of nothing."""
    return reading is None or max(abs(reading.min), abs(reading.max)) < TINY
