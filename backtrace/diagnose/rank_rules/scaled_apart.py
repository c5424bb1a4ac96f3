"""Ranks scale gradients of one model by other factors.

## What it sees
Before a step each rank multiplied all its gradients by one number, and the number is not the same
on all ranks, though each holds a shard of the same tensors, or what had been reduced already.

## Why it matters
A gradient whose parts are scaled differently points elsewhere. It is what comes of clipping by the
norm of the shards that a rank happens to hold, and what all ranks hold whole parts by it.

## Example
    norm = torch.stack([p.grad.to_local().norm() for p in model.parameters()]).norm()
    for p in model.parameters():
        p.grad.mul_(limit / norm)

## Instead
    torch.nn.utils.clip_grad_norm_(model.parameters(), limit)

## When it is intended
A method that adapts the step by rank on purpose. Turn this rule off there.

## Source
`torch.nn.utils.clip_grad_norm_` takes the norm over all shards of a DTensor. TrainCheck (OSDI
2025): BLOOM's layer norms parted as each rank of tensor parallelism clipped by a norm of its own.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from math import isclose

from backtrace.diagnose.ranks.rank_rule import make_rule
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.diagnose.ranks.rank_search import FirstFound, Row
from backtrace.diagnose.rule import Finding

_CLOSE, _APART = 1e-4, 1e-3


class ScaledApartSearch(FirstFound):
    """Finds the first update in which ranks multiplied gradients by other numbers."""

    def find(self, runs: Sequence[RankRun], row: Row) -> Finding | None:
        """Return by which numbers the ranks multiplied theirs, if they are not one."""
        if any(each.clipped_early for each in row) or not any(each.scaled for each in row):
            return None
        sharded = frozenset.intersection(*(frozenset(run.shards) for run in runs))
        names = frozenset.intersection(*{sharded | each.reduced for each in row})
        known = [f for each in row if (f := _one_factor(each, names)) is not None]
        if len(known) < len(row):
            return None
        if all(isclose(factor, known[0], rel_tol=_APART) for factor in known):
            return None
        at = next(each for each in row if each.scaled)
        others = next(n for n, f in enumerate(known) if not isclose(f, known[0], rel_tol=_APART))
        return RULE.found(
            f"gradients were multiplied by {known[0]:.4g} on rank {runs[0].rank} and by "
            f"{known[others]:.4g} on rank {runs[others].rank}",
            "take the norm over all ranks: torch.nn.utils.clip_grad_norm_ does it for DTensors, "
            "and FullyShardedDataParallel.clip_grad_norm_ for its own",
            at.number,
            at.scaled_at,
            tuple(name for name in runs[0].parameters if name in at.scaled and name in names),
            at.optimizer,
        )


def _one_factor(update: RankUpdate, names: Set[str]) -> float | None:
    """Return the number that all gradients were multiplied by; None where there is no one."""
    if not update.scaled:
        return 1.0
    found = [factor for name, factor in update.scaled.items() if name in names]
    if not found or not all(isclose(factor, found[0], rel_tol=_CLOSE) for factor in found):
        return None
    return found[0]


RULE = make_rule("BT712", "scaled-apart", "error", ScaledApartSearch, __doc__)
