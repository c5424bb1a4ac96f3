"""A step reads gradients that the all-reduce of their wrapper never made the same on all ranks.

## What it sees
The parameters of a DistributedDataParallel are stepped by gradients that a backward added and
that no all-reduce followed: the module inside was called in place of the wrapper, or the last
backward before the step ran under `no_sync`. Or the wrapper's own all-reduce left all of them as
they were, and they are not the same on all ranks: the model was moved to another dtype or device
after it had been wrapped, and the wrapper's hooks are those of what it was before. Or there is no
wrapper: Accelerate was given the optimizer and not the model, and nothing else reduces.

## Why it matters
Each rank follows its own share of the data, and the replicas drift apart without an error. With
`no_sync` around the last backward, what other ranks found in this update is lost.

## Example
    ddp = DistributedDataParallel(model)
    loss = loss_function(model(x), y)

## Instead
    ddp = DistributedDataParallel(model)
    loss = loss_function(ddp(x), y)

## When it is intended
Local SGD steps by its own gradients for a while and averages the weights then. Turn this rule off
there. Gradients that a call of your own reduces before the step are left alone.

## Source
DistributedDataParallel, PyTorch documentation: gradients are reduced in the backward that follows
a forward of the wrapper itself, and `no_sync` leaves that out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.ranks.rank_rule import make_rule
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.diagnose.ranks.rank_search import RankSearch, Row
from backtrace.diagnose.rule import Judgement


class NotReducedSearch(RankSearch):
    """Looks for the first update in which a rank stepped by what was not reduced."""

    def __init__(self) -> None:
        self._found: tuple[RankRun, RankUpdate, list[str]] | None = None
        self._unprepared: tuple[RankRun, RankUpdate, list[str]] | None = None
        self._reduced = set[int]()  # the ranks that had any gradient reduced

    def take(self, runs: Sequence[RankRun], row: Row) -> None:
        """Look at an update of all ranks."""
        for run, update in zip(runs, row, strict=True):
            self._look(run, update, row)

    take_apart = take

    def take_left(self, runs: Sequence[RankRun], place: int, update: RankUpdate) -> None:
        """Look at one that others did not come to."""
        self._look(runs[place], update, ())

    def finish(self, runs: Sequence[RankRun]) -> Iterator[Judgement]:
        """Give it, with the reason, or the first step that Accelerate was to make alike."""
        if self._found is not None:
            run, update, names = self._found
            yield _describe(run, update, names, is_called=run.rank in self._reduced)
        elif self._unprepared and not self._reduced and not any(run.shards for run in runs):
            why = (
                "accelerator.prepare was given the optimizer and not the model, and each rank "
                "trains a model of its own"
            )
            fix = "give the model to accelerator.prepare, and call what it returns"
            yield _found(*self._unprepared, why, fix)

    def _look(self, run: RankRun, update: RankUpdate, row: Row) -> None:
        if update.reduced:
            self._reduced.add(run.rank)
        is_known = update.replica is not None  # else all may be alike
        left = update.unreduced | (update.unchanged if is_known else frozenset())
        if not left:
            return
        wrapped = run.wrapped
        if self._found is None:
            names = [name for name in run.parameters if name in wrapped and name in left]
            if names and not _is_alike(row, names):
                self._found = run, update, names
        is_prepared = run.proxies.get(update.optimizer) == "AcceleratedOptimizer"
        if self._unprepared is None and is_prepared and is_known:
            names = [n for n in run.parameters if n in update.unreduced and n not in wrapped]
            if names and not _is_alike(row, names):
                self._unprepared = run, update, names


def _is_alike(row: Row, names: list[str]) -> bool:
    """Whether something else made the gradients the same on all ranks."""
    same = {each.replica.grads.get(names[0]) for each in row if each.replica}
    is_one = len({(each.number, each.optimizer) for each in row}) == 1
    return is_one and len(same) == 1 and all(each.replica for each in row)


def _describe(run: RankRun, update: RankUpdate, names: list[str], *, is_called: bool) -> Judgement:
    if names[0] in update.unchanged:
        why = "the wrapper's all-reduce changed none of them, as after a move to another dtype"
        fix = "move the model to its dtype and device first, then wrap it"
    elif update.reduced:
        why = (
            "the wrapper reduces what required a gradient when it was made, and nothing that is "
            "unfrozen later"
        )
        fix = "make the wrapper anew after unfreezing, or freeze after it was made"
    elif is_called or "all-reduce" in update.calls:
        why = (
            "the last backward before the step was left out of the all-reduce: it ran under "
            "no_sync, or the module inside the wrapper was called, and not the wrapper"
        )
        fix = "run the last backward of each update outside of no_sync, and through the wrapper"
    else:
        why = "the module inside the wrapper was called, and not the wrapper"
        fix = "call what DistributedDataParallel returned, not the module that it was given"
    return _found(run, update, names, why, fix)


def _found(run: RankRun, update: RankUpdate, names: list[str], why: str, fix: str) -> Judgement:
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return RULE.found(
        f"step read gradients of {names[0]}{others} that were not reduced over the ranks: {why}",
        fix,
        update.number,
        update.backward_at,
        tuple(names),
        update.optimizer,
        rank=run.rank,
    )


RULE = make_rule("BT702", "not-reduced", "error", NotReducedSearch, __doc__)
