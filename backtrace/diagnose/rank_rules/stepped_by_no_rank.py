"""A parameter that gets gradients on all ranks is in no rank's part of the optimizer.

## What it sees
The ranks' optimizers step other parameters each: together they leave some out that got a gradient
from several backwards, and that nothing else moved either.

## Why it matters
A sharded optimizer gives each parameter to one rank, which sends it to the others. What is given to
none stays as it was made, while the loss falls by all the others.

## Example
    size = len(parameters) // world_size
    own = parameters[rank * size : (rank + 1) * size]

## Instead
    own = parameters[rank::world_size]

## When it is intended
Freeze what is not to be trained: `requires_grad_(False)`.

## Source
ZeRO (Rajbhandari et al. 2020), section 5: the partition of the optimizer's state covers all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.diagnose.ranks.rank_search import RankSearch
from backtrace.diagnose.rule import Judgement

_ENOUGH = 3  # backwards


class SteppedByNoRankSearch(RankSearch):
    """Looks at what was seen by the end."""

    def finish(self, runs: Sequence[RankRun]) -> Iterator[Judgement]:
        """Give what no rank steps, where the ranks' optimizers are of other parameters."""
        held = [run.stepped for run in runs]
        if not all(held) or all(each == held[0] for each in held):
            return
        reached = set.intersection(
            *({name for name, count in run.reached.items() if count >= _ENOUGH} for run in runs)
        )
        touched = set.union(*held, *(run.moved for run in runs))
        silent = reached - touched
        names = [n for n, seen in runs[0].parameters.items() if n in silent and not seen.copy]
        if not names:
            return
        others = f" and {len(names) - 1} more" if len(names) > 1 else ""
        at = runs[0].first or runs[0].left
        yield RULE.found(
            f"{names[0]}{others} got gradients on every rank, and no rank's optimizer steps "
            f"{'it' if len(names) == 1 else 'them'}",
            "give each parameter to one rank: parameters[rank::world_size] leaves none out",
            at.number,
            at.where,
            tuple(names),
            at.optimizer,
            stepped=len(set.union(*held)),
        )


RULE = make_rule("BT714", "stepped-by-no-rank", "error", SteppedByNoRankSearch, __doc__)
