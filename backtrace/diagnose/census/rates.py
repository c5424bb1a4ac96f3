"""Counts at which rates each group was stepped, and how often schedulers moved them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from backtrace.ledger.events import BackwardRan, Event, StepSkipped, StepTaken
from backtrace.ledger.facts import SchedulerStepped, StepsPassed
from backtrace.ledger.loader_facts import BatchDrawn, LoaderEnded
from backtrace.ledger.loss_facts import LossCalled

DARK = 1e-5  # of the highest rate: below it a step moves nothing to speak of
_LIVELY = 0.01  # of it: below it, what a metric does is not the model's doing
_CLIMB = 4
_SAME = 1 + 1e-6
_MOST = 1000  # schedulers, and groups, that are counted


@dataclass(slots=True)
class GroupRate:
    """The learning rate of one group of an optimizer over the steps that were read.

    `first`, `high` and `last` are the first, the highest and the last; `dark` is for how many steps
    up to the last one it was below 1e-5 of the highest. `changes` counts the steps whose rate was
    another than that before; `climb` is for how many up to the last it rose, and `falls` how often
    it fell in one step to the first again, or below, after it had risen for at least four, which
    it first did at the step `fell_at`. `second` is the first that is another than `first`, which
    had held for `held` steps, and `sank` says whether the one after it was less again.
    """

    optimizer: str
    group: int
    where: str
    first: float
    last: float
    steps: int = 0
    high: float = 0.0
    dark: int = 0
    changes: int = 0
    climb: int = 0
    falls: int = 0
    fell_at: int = 0
    second: float = 0.0
    held: int = 0
    sank: bool = False

    def take(self, rate: float, where: str) -> None:
        """Count a step at `rate`."""
        if self.climb >= _CLIMB and rate <= self.first * _SAME < self.last:
            self.falls += 1
            self.fell_at = self.fell_at or self.steps + 1
        self.climb = self.climb + 1 if rate > self.last else 0
        if rate != self.last and not self.changes:
            self.second, self.held = rate, self.steps
        elif rate != self.last and self.changes == 1:
            self.sank = rate < self.last
        self.changes += rate != self.last
        self.steps += 1
        self.high = max(self.high, rate)
        self.dark = self.dark + 1 if rate <= DARK * self.high else 0
        self.last, self.where = rate, where


@dataclass(slots=True)
class Schedule:
    """What one scheduler did: how often it stepped and cut the rate, and where most often.

    Of one that waits for a plateau, `mode`, the `metrics` that it was given while its rate was at
    least a hundredth of its highest, how many of them lay among the losses that were computed
    without a graph, how many were the loss `of_one_batch`, the last of several since it stepped
    before, of at most how many `batches`, and where it was `made`. `period` is that of its last
    step, `lr` the rate then and `base` the one that its optimizer was made with; `rises` counts the
    steps that raised it, `tenfold` those up to the last that each left a tenth of it or less.
    `count` is how far it came, more than its `moves` where it went on from an earlier run. `again`
    of its moves followed one by another line, the last one `beside`, with no step in between.
    """

    type: str
    optimizer: str
    where: str = ""
    moves: int = 0
    cuts: int = 0
    mode: str = ""
    made: str = ""
    metrics: tuple[float, ...] = ()
    losses: int = 0
    of_one_batch: int = 0
    batches: int = 0
    high: float = 0.0
    period: int | None = None
    lr: float = 0.0
    base: float = 0.0
    rises: int = 0
    tenfold: int = 0
    count: int | None = None
    again: int = 0
    beside: str = ""


@dataclass(frozen=True, slots=True)
class RateAccount:
    """The rates of all groups, what schedulers did, and all steps by optimizer.

    Steps that were not read, and those that a GradScaler left out, count: a scheduler steps then
    as well. `passes` has of each loader how often it ended, and how many batches it gave in all;
    one that is asked for as many as it has and no more, as Lightning does, has ended as well.
    """

    groups: tuple[GroupRate, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    steps: Mapping[str, int] = field(default_factory=dict)
    passes: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def steps_of(self, optimizer: str) -> int:
        """Return how many steps an optimizer took."""
        return self.steps.get(optimizer, 0)


@dataclass(slots=True)
class RateBook:
    """RateAccount as they are counted."""

    rates: dict[tuple[str, int], GroupRate] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    steps: Counter[str] = field(default_factory=Counter)
    passes: dict[str, tuple[int, int]] = field(default_factory=dict)
    drawn: dict[str, tuple[int, int]] = field(default_factory=dict)
    _lines: dict[str, Counter[str]] = field(default_factory=dict)
    _moved: dict[str, str] = field(default_factory=dict)  # where each moved since the last step
    _untrained: list[float] = field(default_factory=list)
    _trained: dict[str, int] = field(default_factory=dict)  # backwards since each schedule's step
    _last: float | None = None  # loss that a backward started from

    def read(self) -> RateAccount:
        """Return what was counted so far."""
        return RateAccount(
            tuple(map(replace, self.rates.values())),
            tuple(map(replace, self.schedules.values())),
            dict(self.steps),
            {name: max(self.passes.get(name, (0, 0)), found) for name, found in self.drawn.items()}
            | {name: found for name, found in self.passes.items() if name not in self.drawn},
        )

    def take(self, event: Event) -> None:
        """Count one event."""
        if isinstance(event, StepTaken | StepSkipped | StepsPassed):
            self._moved.clear()
        match event:
            case StepTaken():
                self.steps[event.optimizer] += 1
                self._step(event)
            case StepSkipped():
                self.steps[event.optimizer] += 1
            case StepsPassed():
                self.steps[event.optimizer] += event.count
            case BackwardRan(loss=loss):
                self._last = loss
                for name in self._trained:
                    self._trained[name] += 1
            case SchedulerStepped():
                self._move(event)
            case LoaderEnded():
                self._pass(self.passes, event.loader, event.batches)
            case BatchDrawn(number=number, batches=batches) if number == batches:
                self._pass(self.drawn, event.loader, number)
            case LossCalled(input_from="", target_from="", value=float(value)):
                self._untrained = [min([*self._untrained, value]), max([*self._untrained, value])]

    def _pass(self, passes: dict[str, tuple[int, int]], loader: str, count: int) -> None:
        if loader in passes or len(passes) < _MOST:
            ended, batches = passes.get(loader, (0, 0))
            passes[loader] = ended + 1, batches + count

    def _step(self, event: StepTaken) -> None:
        for group, rate in enumerate(map(abs, event.lr)):
            found = self.rates.get((event.optimizer, group))
            if found is None:
                if len(self.rates) >= _MOST:
                    return
                found = GroupRate(event.optimizer, group, event.where, rate, rate)
                self.rates[event.optimizer, group] = found
            found.take(rate, event.where)

    def _move(self, event: SchedulerStepped) -> None:
        found = self.schedules.get(event.scheduler)
        if found is None:
            if len(self.schedules) >= _MOST:
                return
            found = self.schedules[event.scheduler] = Schedule(event.type, event.optimizer)
        lines = self._lines.setdefault(event.scheduler, Counter())
        lines[event.where] += 1
        if lines[event.where] >= lines[found.where]:  # of equals the last
            found.where = event.where
        found.moves += 1
        if (before := self._moved.get(event.scheduler, event.where)) != event.where:
            found.again += 1
            found.beside = before
        self._moved[event.scheduler] = event.where
        found.cuts += max(event.after, default=0.0) < max(event.before, default=0.0)
        found.mode, found.made, found.period = event.mode, event.made, event.period
        found.count = event.count
        found.lr, found.base = max(event.after, default=0.0), max(event.base, default=0.0)
        found.rises += found.lr > max(event.before, default=0.0)
        is_tenth = 0 < found.lr <= 0.1 * _SAME * max(event.before, default=0.0)
        found.tenfold = found.tenfold + 1 if is_tenth else 0
        found.high = max(found.high, *map(abs, event.before), 0.0)
        is_learning = max(map(abs, event.before), default=0.0) >= _LIVELY * found.high
        if event.metric is not None and len(found.metrics) < _MOST and is_learning:
            low, high = self._untrained or (1.0, 0.0)
            found.losses += low <= event.metric <= high
            found.metrics = (*found.metrics, event.metric)
            batches = self._trained.get(event.scheduler, 0)
            if batches > 1 and self._last == event.metric:
                found.of_one_batch += 1
                found.batches = max(found.batches, batches)
        self._untrained, self._trained[event.scheduler] = [], 0
