"""Keeps what this rank added to a few gradients, and what was done to them before the step."""

from __future__ import annotations

from itertools import islice
from math import isclose

from backtrace.diagnose.accumulation import AccumulatedBackward
from backtrace.diagnose.ranks.one_factor import OneFactor
from backtrace.diagnose.ranks.rank_run import RankUpdate
from backtrace.ledger.events import (
    BackwardRan,
    Entries,
    Event,
    ForwardRan,
    GradsReduced,
    GradsZeroed,
    StepTaken,
)
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.stored_entries import range_of_factors, some_of

ROUNDING = 1e-5  # of two norms' ratio
_FEW = 8  # parameters whose gradients are added up
_MANY = 64  # that are looked at until so many are found


class LocalGradients:
    """Writes into the open update what led to each backward, and what it added."""

    def __init__(self) -> None:
        self._losses: list[LossCalled] = []
        self._forward: ForwardRan | None = None
        self._graph: GraphSeen | None = None
        self._drawn: BatchDrawn | None = None
        self._added: dict[str, float] = {}
        self._items: list[int | None] = []
        self._factors: list[float | None] = []
        self._is_product = False
        self._names: set[str] = set()
        self._is_early = ""

    def take(self, event: Event, update: RankUpdate) -> None:
        """Enter one event into the update that is open."""
        match event:
            case LossCalled() if event.input_from:
                self._losses.append(event)
            case ForwardRan(takes_grad=True):
                self._forward = event
            case GraphSeen():
                self._graph = event
            case BatchDrawn():
                self._drawn = event
            case BackwardRan():
                self._take_backward(event, update)
            case GradsZeroed():
                if any(name in self._added for name in event.grads):
                    self._forget(update)
            case GradsReduced():
                update.clipped_early = update.clipped_early or self._is_early
            case StepTaken():
                self._take_step(event, update)

    def scaled(self, entries: Entries, where: str, update: RankUpdate, *, is_clip: bool) -> None:
        """Enter that gradients were changed in place, by clipping or by hand."""
        update.scaled_at = where
        if is_clip:
            self._is_early = where
        ends = None if update.scaled else range_of_factors(entries)
        if ends is not None and isclose(*ends, rel_tol=ROUNDING):
            update.scaled = OneFactor(frozenset(entries), ends[1])
            return
        scaled = dict(update.scaled)
        for name, entry in entries.items():
            if entry.before is not None and entry.after is not None and entry.before.norm > 0:
                ratio = entry.after.norm / entry.before.norm
                scaled[name] = scaled.get(name, 1.0) * ratio
        update.scaled = scaled

    def _take_backward(self, event: BackwardRan, update: RankUpdate) -> None:
        loss = self._losses[0] if len(self._losses) == 1 else None
        found = AccumulatedBackward(event, self._graph, loss, None, self._forward)
        is_known = not self._losses or loss is not None
        self._factors.append(found.factor if is_known else None)
        self._is_product = found.is_product
        self._items.append(self._forward.rows if self._forward is not None else None)
        self._losses, self._forward, self._graph = [], None, None
        known = [name for name in self._names if name in event.grads]
        fresh = islice(event.grads, _MANY if len(self._names) < _FEW else 0)
        for name, entry in some_of(event.grads, [*known, *fresh]).items():
            if entry.delta is not None and (name in self._names or len(self._names) < _FEW):
                self._names.add(name)
                self._added[name] = self._added.get(name, 0.0) + entry.delta.mean
        drawn = self._drawn
        if drawn is not None and drawn.epoch is not None:
            update.epochs[drawn.loader] = (drawn.iteration, drawn.epoch)

    def _take_step(self, event: StepTaken, update: RankUpdate) -> None:
        for name, reading in some_of(event.grads, self._names).items():
            if reading is not None and name in self._added:
                update.read[name] = reading.mean
                update.added[name] = self._added[name]
        update.items, update.factors = list(self._items), list(self._factors)
        update.is_product = self._is_product
        self._is_early = ""

    def _forget(self, update: RankUpdate) -> None:
        self._added.clear()
        self._items.clear()
        self._factors.clear()
        self._is_early = update.clipped_early = ""
        update.scaled = {}
