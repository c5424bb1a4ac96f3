"""Why a run on several ranks may leave the one that it is held to: rows, losses, sums, ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isclose, isfinite

from backtrace.compare.comparison import Comparison
from backtrace.compare.ranked_run import RankedRun
from backtrace.compare.runs import ComparedRun
from backtrace.show.content.cells import literal, number

_TIMES, _ROUNDINGS = 10.0, 16 * 2.0**-23
_CLOSE = 1e-3


def list_reasons(
    base: RankedRun, other: RankedRun, found: Comparison, perturbed: Sequence[ComparedRun]
) -> Iterator[str]:
    """Say what explains that `other` parts from `base`, where the books tell."""
    name = literal(other.run.name)
    if found.beyond is not None:
        yield from _compare_rows(base, other)
        yield from _compare_losses(base, other, found, perturbed)
        yield from _name_factor(base, other, found)
        yield from (f"Between the ranks of {name}: {text}." for text in other.said)
    lost = () if found.noise is None else found.noise.lost
    if lost:
        rest = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
        yield f"Not judged: {literal(lost[0])}{rest}, whose gradients are rounding noise."


def _compare_rows(base: RankedRun, other: RankedRun) -> Iterator[str]:
    one, two = base.rows, other.rows
    if one is None or two is None or one == two:
        return
    yield (
        f"The first update is of {_rows(base)} in {literal(base.run.name)}, and of {_rows(other)} "
        f"in {literal(other.run.name)}: they compare where both take the same rows, so divide the "
        "batch size by the number of ranks."
    )


def _rows(run: RankedRun) -> str:
    each = [first.count_rows() or 0 for first in run.firsts]
    return f"{each[0]} rows" if len(each) == 1 else f"{' + '.join(map(str, each))} rows"


def _compare_losses(
    base: RankedRun, other: RankedRun, found: Comparison, perturbed: Sequence[ComparedRun]
) -> Iterator[str]:
    """Say if the loss differs already where the parameters do not: then the rows do."""
    place = found.beyond
    if place is None or place.call in ("start", "step"):
        return
    at = _find(base.run, place.update)
    losses = [run.updates[at].loss for run in (base.run, other.run, *perturbed)]
    known = [loss for loss in losses if loss is not None and isfinite(loss)]
    if len(known) < len(losses):
        return
    one, two, *noisy = known
    noise = max((abs(each - one) for each in noisy), default=0.0)
    if abs(two - one) > _TIMES * noise + _ROUNDINGS * max(abs(one), abs(two)):
        mean = ", the mean over its ranks," if len(other.firsts) > 1 else ""
        yield (
            f"The loss of update {place.update} is {number(one)}, and in {literal(other.run.name)}"
            f"{mean} {number(two)}, by parameters that are the same: other rows, or a loss that "
            "weighs them otherwise."
        )


def _find(run: ComparedRun, number: int) -> int:
    return next(at for at, update in enumerate(run.finished()) if update.index == number)


def _name_factor(base: RankedRun, other: RankedRun, found: Comparison) -> Iterator[str]:
    place = found.beyond
    if place is None or place.account != ".grad":
        return
    for count in {len(base.firsts), len(other.firsts)} - {1}:
        if isclose(place.distance.ratio, count, rel_tol=_CLOSE):
            yield f"That is {count} times as much: a sum over {count} ranks in place of their mean?"
        elif isclose(place.distance.ratio, 1 / count, rel_tol=_CLOSE):
            yield f"That is 1/{count} of it: a mean that was divided by {count} ranks once more?"
