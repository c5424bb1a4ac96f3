"""Remembers of a run what rules need: where trainings begin and end, and where one falls."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from math import isfinite
from operator import attrgetter, or_

from backtrace.diagnose.census.census import Census, take_census
from backtrace.diagnose.census.tally import Tallies
from backtrace.diagnose.graph_lines import read_lines
from backtrace.diagnose.opening import Opening
from backtrace.diagnose.pending import Pending
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.accounts import Accounts
from backtrace.ledger.entry_columns import EntryColumns
from backtrace.ledger.events import (
    BackwardRan,
    Edited,
    Entry,
    Event,
    GradsReduced,
    GradsRescaled,
    GradsZeroed,
    Reading,
    StepTaken,
)
from backtrace.ledger.facts import Fact, OptimizerSeen
from backtrace.ledger.graph_seen import GraphSeen

_NONFINITE = attrgetter("nonfinite")
FULL = 100  # updates that are kept at either end
ENTRIES = 40_000  # and as many accounts' entries, of about a kilobyte each
_FEW = 4  # updates that are kept whatever they cost
_PATIENCE = 16  # steps without a cut, where gradients are never all cleared
_AFTER = 2  # updates that are kept after a number was not finite
_TRAININGS = 5  # that begin later in a run, of which the beginning is kept
_SHARE = 1 / 4  # of what the first one may cost


@dataclass(slots=True)
class _Chunk:
    """Events that must stay together: up to a step after which no gradient waits."""

    events: list[Event] = field(default_factory=list)
    steps: int = 0
    cost: float = 0.0


@dataclass(slots=True)
class _Piece:
    """A stretch in the making; it follows the piece before it at once where none was dropped.

    With one that `begins`, so does a training, in a run that had another before.
    """

    opening: Opening
    chunks: deque[_Chunk] = field(default_factory=deque)
    steps: int = 0
    cost: float = 0.0
    follows: bool = False
    begins: bool = False

    def add(self, chunk: _Chunk) -> None:
        self.chunks.append(chunk)
        self.steps += chunk.steps
        self.cost += chunk.cost

    def drop(self) -> None:
        """Give up the oldest events; what was seen in them is kept as the new opening."""
        oldest = self.chunks.popleft()
        self.steps -= oldest.steps
        self.cost -= oldest.cost
        self.follows = False
        self.opening.take(oldest.events)

    def events(self) -> list[Event]:
        return [event for chunk in self.chunks for event in chunk.events]


class History:
    """Takes the events of a run one by one, and keeps a bounded part of them.

    The first updates are kept in full, and the last ones; and so are those around the beginning of
    a later training, which has an optimizer of its own, of the first few of these. When the loss,
    or a gradient that `step` reads, stops being finite for the first time, the updates around it
    are kept for good.

    >>> for event in events:
    ...     history.take(event)
    >>> diagnose(history.stretches())

    Args:
        accounts: the fold of the same events, if there is one already: it takes each event
            before this does.
        full: how many updates are kept at either end.
        entries: and as many accounts' entries.
    """

    def __init__(
        self, accounts: Accounts | None = None, full: int = FULL, entries: int = ENTRIES
    ) -> None:
        self._accounts = accounts or Accounts()
        self._folds = accounts is None
        self._tallies = Tallies(self._accounts)
        self._full = full
        self._entries = entries
        self._done: list[_Piece] = []
        self._piece = _Piece(Opening())
        self._chunk = _Chunk()
        self._pending = Pending()
        self._has_facts = False
        self._countdown: int | None = None  # updates until the fall is put away
        self._has_fallen = False
        self._optimizers: set[str] = set()
        self._later = 0  # trainings that began since the first updates
        self._begins = False  # one does in the open chunk

    def take(self, event: Event) -> None:
        """Remember an event, and forget another where there are too many."""
        if self._folds:
            self._accounts.take(event)
        self._tallies.take(event)
        self._has_facts = self._has_facts or isinstance(event, Fact)
        chunk = self._chunk
        chunk.events.append(event)
        chunk.cost += cost_of(event)
        self._pending.take(event)
        if isinstance(event, OptimizerSeen) and self._later < _TRAININGS:
            self._begins |= bool(self._done) and event.optimizer not in self._optimizers
            self._optimizers.add(event.optimizer)
        if not self._has_fallen and _is_fall(event):
            self._has_fallen, self._countdown = True, _AFTER
        if isinstance(event, StepTaken):
            chunk.steps += 1
            if self._countdown is not None:
                self._countdown -= 1
            if not self._pending.is_waiting or chunk.steps >= _PATIENCE:
                self._cut()
        elif chunk.cost > self._entries / _FEW:  # a loop that never steps
            self._cut()

    def stretches(self, *, is_made_up: bool = False) -> list[Stretch]:
        """Return what is remembered as stretches in order; one where nothing was forgotten.

        The last has the census, which is of the whole run. `is_made_up` says that of its data.
        """
        found: list[tuple[Opening, list[Event]]] = []
        for piece in [*self._done, self._piece]:
            events = piece.events()
            if piece.follows:
                found[-1][1].extend(events)
            else:
                found.append((piece.opening, events))
        found[-1][1].extend(self._chunk.events)
        census = take_census(self._tallies)
        unknown: dict[tuple[str, str], str] = {}
        known = accumulate((read_lines(events) for _, events in found), or_, initial=unknown)
        return [
            Stretch(
                [*opening.events(), *events],
                is_start=at == 0,
                has_facts=self._has_facts,
                passed=dict(opening.passed),
                unread=opening.unread,
                passed_before=opening.lasting.passed_before,
                census=census if at == len(found) - 1 else None,
                learned_later=_find_learned(census, events) if at < len(found) - 1 else frozenset(),
                lines=lines,
                is_made_up=is_made_up,
            )
            for (at, (opening, events)), lines in zip(enumerate(found), known, strict=False)
        ]

    def _cut(self) -> None:
        """Put the open chunk away, and give up what is too much."""
        if self._begins:
            self._begin()
        piece = self._piece
        piece.add(self._chunk)
        self._chunk = _Chunk()
        if piece.begins or not self._done:
            share = _SHARE if piece.begins else 1.0
            if piece.steps >= self._full or self._is_costly(piece, share):
                self._keep(piece)
            return
        while piece.steps > self._full or self._is_costly(piece):
            if len(piece.chunks) == 1:
                break
            piece.drop()
        if self._countdown is not None and self._countdown <= 0:
            self._countdown = None
            self._keep(piece)

    def _begin(self) -> None:
        """Keep the end of the training before the open chunk, with which another begins."""
        self._begins = False
        self._later += 1
        piece = self._piece
        while not piece.begins and self._is_costly(piece, _SHARE):
            piece.drop()
        if piece.chunks:
            self._keep(piece)
        self._piece.follows, self._piece.begins = False, True

    def _is_costly(self, piece: _Piece, share: float = 1.0) -> bool:
        return piece.cost > share * self._entries and len(piece.chunks) > _FEW

    def _keep(self, piece: _Piece) -> None:
        """Keep a piece for good, and open the next where it ends."""
        self._done.append(piece)
        opening = piece.opening.copy()
        opening.take(piece.events())
        self._piece = _Piece(opening, follows=True)


def _find_learned(census: Census, events: Sequence[Event]) -> frozenset[str]:
    """Return what a step moves after the last of these events."""
    last = events[-1].index if events else -1
    return frozenset(each.name for each in census.tensors if each.tally.moved_at > last)


def cost_of(event: Event) -> float:
    """Return about how many accounts' entries an event is as large as."""
    match event:
        case BackwardRan():
            parts = sum(len(terms) for terms in event.terms.values()) + len(event.splits)
            return 1 + parts + _size(event.grads)
        case GradsZeroed() | GradsRescaled() | GradsReduced():
            return 1 + _size(event.grads)
        case Edited():
            return 1 + _size(event.entries)
        case StepTaken():
            return 1 + 4 * len(event.receipts) + _size(event.values)
        case GraphSeen():
            return 1 + len(event.path) / 4 + len(event.activations) / 4 + len(event.reached) / 40
        case _:
            return 0.3


def _size(entries: Mapping[str, Entry]) -> float:
    """Return the size of entries; one whose elements were kept counts for more."""
    if isinstance(entries, EntryColumns):
        readings: Iterable[Reading | None] = chain(entries.after, entries.delta)
    else:
        readings = chain.from_iterable((each.after, each.delta) for each in entries.values())
    kept = [each.values for each in readings if each is not None and each.values is not None]
    return len(entries) + sum(map(len, kept)) / 16


def _is_fall(event: Event) -> bool:
    """Whether the loss, or a gradient that a step reads, is not finite."""
    if isinstance(event, BackwardRan):
        return event.loss is not None and not isfinite(event.loss)
    if isinstance(event, StepTaken):
        return any(map(_NONFINITE, filter(None, event.grads.values())))
    return False
