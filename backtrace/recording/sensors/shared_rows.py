"""Rows that a loader gives in evaluation and another gave in training: writes RowsShared.

Only the first passes of a loader are looked at, and none of a loader that gives very many rows.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor
from torch.utils.data import DataLoader

from backtrace.ledger.loader_facts import RowsShared
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.kernels.leaves import Leaves
from backtrace.recording.kernels.row_words import (
    join_words,
    read_constants,
    read_row_words,
    share_in,
    share_of_twins,
)
from backtrace.recording.sensors.passed_steps import PassedSteps
from backtrace.recording.tensors.taken_rows import TakenRows, find_taken_rows
from backtrace.recording.weak_keys import weak_keys

_PASSES, _ROWS = 3, 65_536  # that are read, of a loader
_LEAST, _MOST = 0.1, 0.95  # of the rows: beyond, the training data are evaluated on purpose
_STEADY = 0.9  # of the rows come in the next pass, too, where nothing is changed by chance
_CHANCE = 0.25  # of what is shared: where as many come twice in one loader, rows are alike anyway
_FEWEST = 5  # rows
_PARTS = 64  # that were trained on: beyond, as of many clients, nothing is compared any more


@dataclass
class _KnownLoader:
    """What is known of a loader: its rows, whether steps followed them, and of which models.

    `fixed` are the places of what was one number for all its rows, as a label that nobody has is.
    """

    name: str
    taken: TakenRows | None
    models: set[str] = field(default_factory=set)
    is_trained: bool = False
    rows: Tensor | None = None
    is_steady: bool = False
    fixed: frozenset[int] = frozenset()
    is_told: bool = False


@dataclass
class LoaderWalk:
    """One pass through a loader that is still looked at; `words` is None where no row is read."""

    of: _KnownLoader
    steps: int
    words: list[Tensor] | None
    rows: int = 0
    constants: dict[int, float] | None = None


class SharedRows:
    """Compares what is evaluated with what was trained on last."""

    def __init__(self, accounts: TensorAccounts, passed: PassedSteps) -> None:
        self._journal = accounts.journal
        self._models = accounts.register.models
        self._passed = passed
        self._loaders: MutableMapping[DataLoader[Any], _KnownLoader] = weak_keys()
        self._trained: _KnownLoader | None = None
        # All that was trained on, with the id of the data set whose places it is, else 0.
        self._parts: list[tuple[int, Tensor]] = []

    def began(self, loader: DataLoader[Any], name: str, iteration: int) -> LoaderWalk | None:
        """A loader is gone through from the start; None where that is looked at no more."""
        if iteration > _PASSES:
            known = self._loaders.get(loader)
            if known is not None and known.is_trained:
                self._trained = known
            return None
        known = self._loaders.get(loader)
        if known is None:
            known = self._loaders[loader] = _KnownLoader(name, find_taken_rows(loader))
        self._models.called = ""
        return LoaderWalk(known, self._passed.steps, [])

    def drawn(self, walk: LoaderWalk, leaves: Leaves) -> None:
        """It gave a batch, and is asked again when what was called with the last one is known."""
        if self._models.called:
            walk.of.models.add(self._models.called)
        if walk.words is None:
            return
        words = read_row_words(leaves)
        walk.rows += 0 if words is None else len(words)
        if words is None or walk.rows > _ROWS:
            walk.words = None
        else:
            walk.words.append(words)
            here = read_constants(leaves)
            before = here if walk.constants is None else walk.constants
            walk.constants = dict(here.items() & before.items())

    def ended(self, walk: LoaderWalk) -> None:
        """It had no more."""
        known = walk.of
        known.fixed = frozenset(walk.constants or ())
        if self._models.called:
            known.models.add(self._models.called)
        if self._passed.steps > walk.steps:
            self._train(known, walk.words)
        elif walk.words:
            known.rows = join_words(*walk.words)
        trained = self._trained
        if trained is not None and not (known.is_trained or known.is_told):
            self._compare(known, trained)

    def _train(self, known: _KnownLoader, words: list[Tensor] | None) -> None:
        if not known.is_trained and known.taken is not None:
            self._parts.append((id(known.taken.dataset), known.taken.indices))
        known.is_trained = True
        self._trained = known
        known.rows, known.is_steady = _join(known.rows, words)
        if known.rows is not None and not known.is_steady:
            self._parts.append((0, known.rows))

    def _compare(self, known: _KnownLoader, trained: _KnownLoader) -> None:
        """Write what two loaders share, where it is a part of both."""
        is_one = len(self._models.known) == 1 or known.models & trained.models
        pair = _find_rows(known, trained)
        if pair is None or not is_one or len(self._parts) > _PARTS:
            return
        rows, of_training, source = pair
        share = share_in(rows, of_training)
        seen = join_words(of_training, *(each for of, each in self._parts if of == source))
        is_part = (
            share >= _LEAST
            and share_in(rows, seen) <= _MOST
            and share_in(of_training, rows) <= _MOST
        )
        if (
            is_part
            and round(share * len(rows)) >= _FEWEST
            and _is_no_chance((rows, of_training), share)
        ):
            known.is_told = True
            self._journal.write(
                RowsShared,
                loader=known.name,
                trained=trained.name,
                rows=len(rows),
                shared=round(share * len(rows)),
            )


def _find_rows(known: _KnownLoader, trained: _KnownLoader) -> tuple[Tensor, Tensor, int] | None:
    """Return the rows of both: their places in one data set, with its id, or what is in them."""
    first, second = known.taken, trained.taken
    if first is not None and second is not None and first.dataset is second.dataset:
        return first.indices, second.indices, id(first.dataset)
    if known.rows is None or trained.rows is None or not trained.is_steady:
        return None
    if known.fixed != trained.fixed:  # a stand-in for labels: rows of the same class seem alike
        return None
    return known.rows, trained.rows, 0


def _is_no_chance(pair: tuple[Tensor, Tensor], share: float) -> bool:
    return all(share_of_twins(rows) < _CHANCE * share for rows in pair)


def _join(before: Tensor | None, words: list[Tensor] | None) -> tuple[Tensor | None, bool]:
    """Return the rows of a pass in training, and whether those before it were the same.

    The last batch may have been left out, of other rows each time.
    """
    if not words:
        return None, False
    rows = join_words(*words)
    if before is None or share_in(rows, before) < _STEADY:
        return rows, False
    return rows, True
