"""Batches of rows that are sorted by their class: more than one class each, none of them all."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import pairwise
from math import prod

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import SequenceTaken, StateCarried
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.loss_facts import LossCalled

_ENOUGH = 4  # batches, one after the other
_BORDERS = 2  # batches that hold the end of one class and the beginning of another
_FEW = 0.5  # of all classes


def find_sorted(run: Stretch, calls: Sequence[LossCalled]) -> list[LossCalled]:
    """Return the batches in which classes stand one after the other, and so from batch to batch.

    Empty where that is not so of all calls of a line that were looked at, and where most have more
    than half of the classes, as episodes with a few rows of each class have. No class may be
    followed now by one and now by another. Nor is anything said of rows that are places in time,
    or that a sampler of batches, or of chance, chose.
    """
    runs = {call.index: call.runs for call in calls if call.runs is not None}
    kinds = {kind for each in runs.values() for kind in each}
    borders = [each for each in runs.values() if len(each) > 1]
    few = [each for each in runs.values() if len(each) <= _FEW * len(kinds)]
    if not all(runs.values()) or len(borders) < _BORDERS or 2 * len(few) <= len(runs):
        return []
    neighbours = [
        (runs[before.index], runs[after.index])
        for before, after in pairwise(calls)
        if before.index in runs and after.index in runs
    ]
    if len(neighbours) < _ENOUGH - 1 or not _is_one_order(neighbours, list(runs.values())):
        return []
    ordered = [call for call in calls if call.runs]
    return [] if _are_places(run, ordered) or _are_chosen(run, ordered) else ordered


def _are_places(run: Stretch, calls: Sequence[LossCalled]) -> bool:
    """Whether the rows may be the places of a stream that is gone through in time."""
    rows = {call.target_shape[0] for call in calls}
    of_layers = {prod(taken.shape[:2]) for taken in run.of(SequenceTaken) if len(taken.shape) == 3}
    is_carried = next(iter(run.of(StateCarried)), None) is not None
    is_convolved = any(call.input_from.startswith("Convolution") for call in calls)
    return bool(rows & of_layers) or is_carried or is_convolved


def _are_chosen(run: Stretch, calls: Sequence[LossCalled]) -> bool:
    """Whether the loader that last gave a batch draws by chance, or is told of whole batches."""
    draws = list(run.of(BatchDrawn))
    indices = [draw.index for draw in draws]
    last = {at - 1 for call in calls if (at := bisect(indices, call.index))}
    return any(
        draws[at].size is None or draws[at].shuffles or draws[at].weights is not None for at in last
    )


def _is_one_order(
    neighbours: Sequence[tuple[tuple[int, ...], tuple[int, ...]]], runs: Sequence[tuple[int, ...]]
) -> bool:
    """Whether each class has one that follows it, in all batches and from one to the next."""
    steps = {pair for each in runs for pair in pairwise(each)}
    steps |= {(one[-1], other[0]) for one, other in neighbours if one[-1] != other[0]}
    befores, afters = {before for before, _ in steps}, {after for _, after in steps}
    if len(steps) > len(befores) or len(steps) > len(afters):
        return False
    rises = sum(before < after for before, after in steps)
    is_numbered = min(rises, len(steps) - rises) <= 1  # once it begins anew
    joined = sum(one[-1] == other[0] for one, other in neighbours)
    return is_numbered or 2 * joined > len(neighbours)
