"""One rank's run as the rules over ranks read it: an update in a few words and digests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite

from backtrace.ledger.calls import call_of
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Event,
    ForwardRan,
    GradsReduced,
    GradsRescaled,
    GradsZeroed,
    ParameterSeen,
    StepSkipped,
    StepTaken,
)
from backtrace.ledger.facts import BatchDrawn, StepsPassed
from backtrace.ledger.rank_facts import ReplicasRead, ShardSeen, WrapperSeen

DIGITS = 16  # hexadecimal ones that name one tensor's bits


@dataclass(frozen=True, slots=True)
class Replica:
    """The bits of one optimizer's tensors around a step, each named in 16 digits.

    `grads` as the step read them, `values` as it left them, `before` as the first step found
    them; `buffers` of all models. A name whose gradient is None has blanks.
    """

    grads: Mapping[str, str]
    values: Mapping[str, str]
    before: Mapping[str, str]
    buffers: Mapping[str, str]


@dataclass(slots=True)
class RankUpdate:
    """What one rank did from one step to the next.

    `reduced` and `unreduced` are the names whose latest gradient was made the same on all ranks,
    or was not; `clips` the lines that clipped, `skipped` why the step did not take place.
    `squares` are the squared norms of the gradients that the step read, by name.
    """

    number: int = 0
    optimizer: str = ""
    where: str = ""
    forward_at: str = ""
    backward_at: str = ""
    lr: tuple[float, ...] = ()
    losses: list[float] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    clips: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    skipped: str = ""
    forwards: int = 0
    backwards: int = 0
    reduced: set[str] = field(default_factory=set)
    unreduced: set[str] = field(default_factory=set)
    replica: Replica | None = None
    squares: dict[str, float] = field(default_factory=dict)

    @property
    def lost(self) -> float | None:
        """The first loss that is not finite."""
        return next((loss for loss in self.losses if not isfinite(loss)), None)


@dataclass(slots=True)
class RankRun:
    """One rank: its updates in order, what was left at its end, and how that came.

    `end` is `finished`, `interrupted` or `killed`; `left` is what followed its last step.
    """

    rank: int
    end: str = "finished"
    updates: list[RankUpdate] = field(default_factory=list)
    left: RankUpdate = field(default_factory=RankUpdate)
    wrappers: list[WrapperSeen] = field(default_factory=list)
    shards: dict[str, ShardSeen] = field(default_factory=dict)
    parameters: dict[str, ParameterSeen] = field(default_factory=dict)
    is_sampled: bool = False

    @property
    def wrapped(self) -> set[str]:
        """The names of what a wrapper keeps alike on all ranks."""
        return {name for wrapper in self.wrappers for name in wrapper.parameters}

    @property
    def begun(self) -> int:
        """How many updates were begun: the finished ones, and one that was given up."""
        is_given_up = bool(self.left.forwards) and self.end != "finished"
        return len(self.updates) + (is_given_up or bool(self.left.backwards))


class RankReader:
    """Makes a `RankRun` of one rank's events, one by one."""

    def __init__(self, rank: int) -> None:
        self.run = RankRun(rank)
        self._open = self.run.left
        self._names: dict[str, tuple[str, ...]] = {}
        self._buffers: tuple[str, ...] = ()
        self._fresh: dict[str, bool] = {}  # by name: whether its latest gradient was reduced
        self._counts: dict[str, int] = {}

    def take(self, event: Event) -> None:
        """Enter one event."""
        update = self._open
        call = call_of(event)
        if call is not None:
            update.calls.append(call.name)
        match event:
            case ForwardRan(takes_grad=True):
                update.forwards += 1
                update.forward_at = event.where
                update.data += [event.data] if event.data else []
            case BatchDrawn():
                update.data += [event.data] if event.data else []
            case BackwardRan():
                self._take_backward(event)
            case GradsReduced():
                self._fresh.update(dict.fromkeys(event.grads, True))
            case GradsZeroed():
                for name in event.grads:
                    self._fresh.pop(name, None)
            case GradsRescaled() if event.call.startswith("clip"):
                update.clips.append(event.where)
            case Edited(account="value"):
                update.edited += event.entries
            case StepSkipped():
                update.skipped = event.reason
            case StepTaken():
                self._take_step(event)
            case _:
                self._take_fact(event)

    def _take_fact(self, event: Event) -> None:
        match event:
            case ReplicasRead():
                self._open.replica = self._to_replica(event)
            case WrapperSeen():
                self.run.wrappers.append(event)
            case ShardSeen():
                self.run.shards[event.name] = event
            case ParameterSeen():
                self.run.parameters[event.name] = event
            case StepsPassed():
                self.run.is_sampled = True
                self._counts[event.optimizer] = self._counts.get(event.optimizer, 0) + event.count

    def _take_backward(self, event: BackwardRan) -> None:
        update = self._open
        update.backwards += 1
        update.backward_at = event.where
        self._fresh.update(dict.fromkeys(event.grads, False))
        if event.loss is not None:
            update.losses.append(event.loss)

    def _take_step(self, event: StepTaken) -> None:
        update, name = self._open, event.optimizer
        self._counts[name] = self._counts.get(name, 0) + 1
        update.number, update.optimizer = self._counts[name], name
        update.where, update.lr = event.where, event.lr
        update.squares = {n: grad.norm**2 for n, grad in event.grads.items() if grad is not None}
        read = [each for each, grad in event.grads.items() if grad is not None]
        update.reduced = {each for each in read if self._fresh.get(each) is True}
        update.unreduced = {each for each in read if self._fresh.get(each) is False}
        self.run.updates.append(update)
        self._open = self.run.left = RankUpdate()

    def _to_replica(self, event: ReplicasRead) -> Replica:
        names = event.names or self._names.get(event.optimizer, ())
        self._names[event.optimizer] = names
        self._buffers = event.buffer_names or self._buffers
        return Replica(
            _cut(names, event.grads),
            _cut(names, event.values),
            _cut(names, event.before),
            _cut(self._buffers, event.buffers),
        )


def _cut(names: Iterable[str], digests: str) -> dict[str, str]:
    pieces = (digests[at : at + DIGITS] for at in range(0, len(digests), DIGITS))
    return dict(zip(names, pieces, strict=False))


def read_rank(rank: int, events: Iterable[Event], end: str = "finished") -> RankRun:
    """Return what the rules over ranks read of one rank's events."""
    reader = RankReader(rank)
    for event in events:
        reader.take(event)
    reader.run.end = end
    return reader.run
