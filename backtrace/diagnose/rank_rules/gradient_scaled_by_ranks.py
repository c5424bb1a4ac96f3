"""What a step reads is not the mean of the ranks' gradients, but that times or by their number.

## What it sees
In each of the first updates the gradient that the step read is the sum of what the ranks' backwards
added, where their mean is meant; or the mean once more divided by the number of ranks.

## Why it matters
The learning rate is, in effect, multiplied or divided by the number of ranks: a run on eight takes
steps eight times as long, or as short, as the same run on one.

## Example
    for p in model.parameters():
        dist.all_reduce(p.grad)
    optimizer.step()

## Instead
    for p in model.parameters():
        dist.all_reduce(p.grad)
        p.grad /= dist.get_world_size()
    optimizer.step()

## When it is intended
A sum is right for a loss that was divided by the number of ranks, or that is itself a sum: where
backtrace sees that, it says nothing. If the learning rate was chosen for it, turn this rule off.

## Source
DistributedDataParallel, PyTorch documentation: the wrapper takes the mean, not the sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isclose

from backtrace.diagnose.ranks.rank_rule import make_rule
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.diagnose.ranks.rank_search import FirstRows, Row
from backtrace.diagnose.rule import Finding, Judgement

_FEW, _MANY = 2, 6  # updates that are looked at
_CLOSE = 1e-3


class GradientScaledByRanksSearch(FirstRows):
    """Looks at the first updates."""

    most = _MANY

    def judge(self, runs: Sequence[RankRun], looked: Sequence[Row]) -> Iterator[Judgement]:
        """Give the factor between what was read and the mean of what was added, if it is one."""
        if any(wrapper.has_hook for run in runs for wrapper in run.wrappers):
            return
        found = [_find_factor(runs, row) for row in looked if not any(each.clips for each in row)]
        if len(found) < _FEW or None in found:
            return
        factors = [factor for factor in found if factor is not None]
        size = len(runs)
        for wrong in (float(size), 1 / size):
            if all(isclose(factor, wrong, rel_tol=_CLOSE) for factor in factors):
                yield _describe(looked[0][0], size, is_sum=wrong > 1)


def _find_factor(runs: Sequence[RankRun], row: Sequence[RankUpdate]) -> float | None:
    """Return what the step read over the mean of what the ranks' mean losses give."""
    sharded = {name for run in runs for name in run.shards}
    names = set.intersection(*(each.added.keys() & each.reduced for each in row)) - sharded
    pairs = [(row[0].read[name], sum(each.added[name] for each in row)) for name in names]
    scale = sum(added * added for _, added in pairs)
    if not scale or not all(each.read.keys() >= names for each in row):
        return None
    if any(each.unreduced for each in row):  # each rank has layers of its own: a sum may be meant
        return None
    ratio = sum(read * added for read, added in pairs) / scale
    largest = max(abs(read) for read, _ in pairs)
    if any(abs(read - ratio * added) > _CLOSE * largest for read, added in pairs):
        return None
    weights = {_weigh(each, len(row)) for each in row}
    own = {tuple(round(each or 0.0, 5) for each in update.factors) for update in row}
    if None in weights or len(weights) > 1 or len(own) > 1:
        return None
    return ratio * len(row) * (weights.pop() or 1.0)


def _weigh(update: RankUpdate, size: int) -> float | None:
    """Return by what the local mean was multiplied: 1 over micro-batches that are divided.

    What one backward's loss was multiplied by is the number of ranks, or a share of one, or a
    weight of the loss's own, as in `0.5 * mse`, and then nothing of the ranks'. On two ranks a half
    may be either: a quotient is taken for the share, and of a product nothing is known.
    """
    factors = [each for each in update.factors if each is not None]
    if not factors or len(factors) < len(update.factors):
        return None
    if len(factors) > 1 or isclose(factors[0], size, rel_tol=_CLOSE):
        return round(sum(factors), 5)
    if isclose(factors[0], 1 / size, rel_tol=_CLOSE):
        return None if update.is_product else round(factors[0], 5)
    return 1.0


def _describe(at: RankUpdate, size: int, *, is_sum: bool) -> Finding:
    if is_sum:
        what = f"step reads the sum of {size} ranks' gradients, which is {size} times their mean"
        fix = (
            "divide by the number of ranks after the all-reduce; DistributedDataParallel does it "
            "already, and needs no all-reduce of yours"
        )
    else:
        what = f"step reads the mean of {size} ranks' gradients divided by {size} once more"
        fix = "leave the mean to DistributedDataParallel: divide neither the loss nor .grad"
    return RULE.found(
        what, fix, at.number, at.where, tuple(sorted(at.added)), at.optimizer, ranks=size
    )


RULE = make_rule(
    "BT710", "gradient-scaled-by-ranks", "warning", GradientScaledByRanksSearch, __doc__
)
