"""Reads one rank's events, one by one, into the run that the rules over ranks look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import isclose

from backtrace.diagnose.ranks.local_gradients import ROUNDING, LocalGradients
from backtrace.diagnose.ranks.one_factor import OneFactor
from backtrace.diagnose.ranks.packed_digests import PackedDigests
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate, Replica
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
from backtrace.ledger.facts import OptimizerSeen, ProxySeen, StepsPassed
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.rank_facts import ReplicasRead, ShardSeen, WrapperSeen
from backtrace.ledger.stored_entries import is_unchanged, names_read, norms_of


class RankReader:
    """Makes a `RankRun` of one rank's events, one by one."""

    def __init__(self, rank: int) -> None:
        self.run = RankRun(rank)
        self._open = self.run.left
        self._local = LocalGradients()
        self._places: dict[str, dict[str, int]] = {}  # of an optimizer's names in its digests
        self._buffers: dict[str, int] = {}
        self._kept: dict[frozenset[str], frozenset[str]] = {}  # sets of names, each held once
        self._fresh: dict[str, bool] = {}  # by name: whether its latest gradient was reduced
        self._counts: dict[str, int] = {}
        self._is_due = False  # a backward ran, and what it added was not stepped by yet

    def take(self, event: Event) -> None:
        """Enter one event."""
        update = self._open
        call = call_of(event)
        if call is not None:
            update.calls.append(call.name)
        self._local.take(event, update)
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
                self._take_reduction(event)
            case GradsZeroed():
                self._take_zeroing(event)
            case GradsRescaled() | Edited():
                self._take_change(event)
            case StepSkipped():
                update.skipped = event.reason
                self._leave_out()
            case StepTaken():
                self._take_step(event)
            case _:
                self._take_fact(event)

    def _take_fact(self, event: Event) -> None:
        self.run.facts += isinstance(event, WrapperSeen | ShardSeen | ParameterSeen)
        match event:
            case ReplicasRead():
                self._open.replica = self._to_replica(event)
                self.run.placed.update(event.placed)
                self.run.beside.update(event.beside)
            case WrapperSeen():
                self.run.wrappers.append(event)
            case ShardSeen():
                self.run.shards[event.name] = event
            case ParameterSeen():
                self.run.parameters[event.name] = event
            case OptimizerSeen():
                for group in event.groups:
                    self.run.stepped.update(group.parameters)
            case ProxySeen():
                self.run.proxies[event.optimizer] = event.type
            case StepsPassed():
                self.run.is_sampled = True
                self._counts[event.optimizer] = self._counts.get(event.optimizer, 0) + event.count

    def _take_backward(self, event: BackwardRan) -> None:
        update = self._open
        update.backwards += 1
        update.backward_at = event.where
        self._is_due = True
        self._fresh.update(dict.fromkeys(event.grads, False))
        for name in event.grads:
            self.run.reached[name] = self.run.reached.get(name, 0) + 1
        if event.loss is not None:
            update.losses.append(event.loss)

    def _take_reduction(self, event: GradsReduced) -> None:
        self._fresh.update(dict.fromkeys(event.grads, True))
        if is_unchanged(event.grads):
            self._open.unchanged |= event.grads.keys()
        else:
            self._open.unchanged -= event.grads.keys()

    def _take_zeroing(self, event: GradsZeroed) -> None:
        for name in event.grads:
            self._fresh.pop(name, None)
        if event.grads:
            self._leave_out()

    def _take_change(self, event: GradsRescaled | Edited) -> None:
        update = self._open
        if isinstance(event, GradsRescaled):
            is_clip = event.call.startswith("clip")
            update.clips += [event.where] if is_clip else []
            self._local.scaled(event.grads, event.where, update, is_clip=is_clip)
        elif event.account == "value":
            update.edited += event.entries
            self.run.moved |= event.entries.keys()
        else:
            self._local.scaled(event.entries, event.where, update, is_clip=False)

    def _leave_out(self) -> None:
        self._open.left_out += self._is_due
        self._is_due = False

    def _take_step(self, event: StepTaken) -> None:
        update, name = self._open, event.optimizer
        self._counts[name] = self._counts.get(name, 0) + 1
        update.number, update.optimizer = self._counts[name], name
        update.where, update.lr = event.where, event.lr
        if self.run.shards:
            update.squares = self._squares(event)
        read = names_read(event.grads)
        update.reduced = self._keep([each for each in read if self._fresh.get(each) is True])
        update.unreduced = self._keep([each for each in read if self._fresh.get(each) is False])
        update.scaled = self._compact(update.scaled)
        self._is_due = False
        self.run.add(update)
        self._open = self.run.left = RankUpdate()

    def _squares(self, event: StepTaken) -> tuple[float, float]:
        sums = [0.0, 0.0]
        for name, norm in norms_of(event.grads).items():
            sums[name not in self.run.shards] += norm**2
        return sums[0], sums[1]

    def _compact(self, factors: Mapping[str, float]) -> Mapping[str, float]:
        """Return factors as one number where they are but rounding apart, as after clipping."""
        if isinstance(factors, OneFactor):
            return OneFactor(self._keep(factors.names), factors.factor)
        one = next(iter(factors.values()), 1.0)
        if not all(isclose(factor, one, rel_tol=ROUNDING) for factor in factors.values()):
            return factors
        return OneFactor(self._keep([*factors]), one)

    def _keep(self, names: Iterable[str]) -> frozenset[str]:
        found = frozenset(names)
        return self._kept.setdefault(found, found)

    def _to_replica(self, event: ReplicasRead) -> Replica:
        if event.names:
            self._places[event.optimizer] = _places_of(event.names)
        if event.buffer_names:
            self._buffers = _places_of(event.buffer_names)
        places = self._places.get(event.optimizer, {})
        return Replica(
            PackedDigests(places, event.grads),
            PackedDigests(places, event.values),
            PackedDigests(places, event.before),
            PackedDigests(self._buffers, event.buffers),
        )


@lru_cache(maxsize=64)
def _places_of(names: tuple[str, ...]) -> dict[str, int]:
    """Return the place of each name; ranks that have the same names share it."""
    return {name: place for place, name in enumerate(names)}
