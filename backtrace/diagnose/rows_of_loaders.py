"""Sequence layers that go along the rows of a shuffled loader's batches, one row after another."""

from __future__ import annotations

from collections import defaultdict

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import SequenceTaken
from backtrace.ledger.loader_facts import BatchDrawn

_CALLS = 2  # of one line, at least


def find_along_rows(run: Stretch) -> dict[str, list[SequenceTaken]]:
    """Return the calls of layers without `batch_first` whose first axis is that of the rows.

    A batch has as many as its loader takes, and draws them by chance; the second axis has another
    length. Where any layer goes along the other axis, both may be meant: of attention none is
    returned then. Nor is a line of which a call has other axes.
    """
    along: dict[str, list[SequenceTaken]] = defaultdict(list)
    others: set[str] = set()
    has_other_attention = False
    drawn: BatchDrawn | None = None
    for event in run.events:
        if isinstance(event, BatchDrawn):
            drawn = event
        elif isinstance(event, SequenceTaken) and len(event.shape) == 3 and drawn is not None:
            if _is_along_rows(event, drawn):
                along[event.where].append(event)
            elif _says_nothing(event, drawn):
                continue
            else:
                others.add(event.where)
                has_other_attention |= not _is_recurrent(event)
    return {
        where: calls
        for where, calls in along.items()
        if where not in others
        and len(calls) >= _CALLS
        and (_is_recurrent(calls[0]) or not has_other_attention)
    }


def _is_along_rows(taken: SequenceTaken, drawn: BatchDrawn) -> bool:
    first, second, _ = taken.shape
    is_random = drawn.shuffles or drawn.weights is not None
    is_whole = drawn.rows is not None and drawn.rows == drawn.size and drawn.rows > 1
    return (
        not taken.batch_first
        and is_random
        and is_whole
        and first == drawn.rows
        and second not in (1, first)
    )


def _says_nothing(taken: SequenceTaken, drawn: BatchDrawn) -> bool:
    """Whether such a call may be along rows as well as not: of few rows, or of those in order."""
    return not taken.batch_first and taken.shape[0] == drawn.rows


def _is_recurrent(taken: SequenceTaken) -> bool:
    return taken.type in ("LSTM", "GRU", "RNN")
