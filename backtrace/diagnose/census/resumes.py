"""Follows what is read from files and loaded into optimizers, up to the steps that come after."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from backtrace.ledger.events import Event, StepTaken
from backtrace.ledger.facts import SchedulerStepped
from backtrace.ledger.state_facts import OptimizerStateRead, StateLoaded

_STEPS = 3  # of an optimizer without a state, before it is taken for one that goes on without
_UNDER_WAY = 10  # steps of one, after which another that begins is of another training
_MOST = 100


@dataclass(frozen=True, slots=True)
class Resume:
    """An optimizer's state was loaded, it stepped, and a scheduler on it stepped after that.

    Its rates are those that were loaded and those of its next step, `update`. `where` is the line
    that loaded the state, `made` the one that made the scheduler, whose class is `scheduler`.
    `fresh` are the highest rates that this one set since, where it began to count after the load,
    and the groups that were loaded had been stepped under a scheduler.
    """

    optimizer: str
    loaded: tuple[float, ...]
    taken: tuple[float, ...]
    update: int
    where: str
    scheduler: str
    made: str
    fresh: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file held an optimizer's state, a model's was loaded, and one stepped without any.

    The state was read in the line `where`, of so many `tensors` at the rates `lr`, `saved` by its
    last step, and `meant` would load it; the optimizer `holds` so many, and took its first step,
    `update`, at the rates `taken`.
    """

    optimizer: str
    where: str
    tensors: int
    lr: tuple[float, ...]
    holds: int
    taken: tuple[float, ...]
    update: int
    meant: str
    saved: tuple[float, ...]


@dataclass(slots=True)
class ResumeBook:
    """Both, over a whole run."""

    resumes: list[Resume] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _loaded: dict[str, StateLoaded] = field(default_factory=dict)
    _stepped: dict[str, tuple[StateLoaded, StepTaken, int]] = field(default_factory=dict)
    _fresh: dict[str, int] = field(default_factory=dict)  # the resume of a scheduler
    _read: OptimizerStateRead | None = None
    _has_weights: bool = False
    _is_under_way: bool = False
    _firsts: dict[str, tuple[StepTaken, int]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        """Enter one event."""
        match event:
            case OptimizerStateRead():
                self._read, self._has_weights = event, False
                self._firsts.clear()
                self._is_under_way = False
            case StateLoaded(kind="optimizer"):
                self._loaded[event.target], self._read = event, None
            case StateLoaded():
                self._has_weights = self._has_weights or event.tensors > 0
            case StepTaken():
                self._step(event)
            case SchedulerStepped() if event.optimizer in self._stepped:
                self._resume(event, *self._stepped.pop(event.optimizer))
            case SchedulerStepped() if event.scheduler in self._fresh:
                self._rise(event)

    def _resume(self, event: SchedulerStepped, load: StateLoaded, step: StepTaken, at: int) -> None:
        if len(self.resumes) < _MOST:
            self.resumes.append(
                Resume(event.optimizer, load.lr, step.lr, at, load.where, event.type, event.made)
            )
            if event.count == 1 and event.base and load.given:
                self._fresh[event.scheduler] = len(self.resumes) - 1
                self._rise(event)

    def _rise(self, event: SchedulerStepped) -> None:
        at = self._fresh[event.scheduler]
        if sum(event.after) > sum(self.resumes[at].fresh):
            self.resumes[at] = replace(self.resumes[at], fresh=event.after)

    def _step(self, event: StepTaken) -> None:
        name = event.optimizer
        number = self._counts[name] = self._counts.get(name, 0) + 1
        if name in self._loaded:
            self._stepped[name] = self._loaded.pop(name), event, number
        if self._read is None or not self._has_weights:
            return
        if name not in self._firsts and self._is_under_way:
            return
        first, at = self._firsts.setdefault(name, (event, number))
        self._is_under_way |= number - at + 1 >= _UNDER_WAY
        if number - at + 1 == _STEPS and len(self.left_out) < _MOST:
            read, holds = self._read, len(first.values)
            self.left_out.append(
                LeftOut(
                    optimizer=name,
                    where=read.where,
                    tensors=read.tensors,
                    lr=read.lr,
                    holds=holds,
                    taken=first.lr,
                    update=at,
                    meant=read.meant,
                    saved=read.last or read.lr,
                )
            )
