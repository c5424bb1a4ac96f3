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
from backtrace.diagnose.rule import Judgement


def check(runs: Sequence[RankRun]) -> Iterator[Judgement]:
    """Give the first update in which a rank stepped by what was not reduced."""
    for run in runs:
        wrapped = run.wrapped
        for update in run.updates:
            is_known = len(runs) > 1 and update.replica is not None  # else all may be alike
            left = update.unreduced | (update.unchanged if is_known else frozenset())
            names = [n for n in run.parameters if n in wrapped and n in left]
            if names and not _is_alike(runs, update, names):
                yield _describe(run, update, names)
                return
    yield from _unprepared(runs)


def _unprepared(runs: Sequence[RankRun]) -> Iterator[Judgement]:
    """Give the first step that Accelerate was to make of gradients that nothing reduces."""
    if len(runs) < 2 or any(
        run.shards or any(each.reduced for each in run.updates) for run in runs
    ):
        return
    for run in runs:
        for update in run.updates:
            left = update.unreduced - run.wrapped
            names = [name for name in run.parameters if name in left]
            is_prepared = run.proxies.get(update.optimizer) == "AcceleratedOptimizer"
            if not (names and is_prepared and update.replica) or _is_alike(runs, update, names):
                continue
            why = (
                "accelerator.prepare was given the optimizer and not the model, and each rank "
                "trains a model of its own"
            )
            fix = "give the model to accelerator.prepare, and call what it returns"
            yield _found(run, update, names, why, fix)
            return


def _is_alike(runs: Sequence[RankRun], update: RankUpdate, names: list[str]) -> bool:
    """Whether something else made the gradients the same on all ranks."""
    same = [
        each.replica.grads.get(names[0])
        for run in runs
        for each in run.updates
        if (each.number, each.optimizer) == (update.number, update.optimizer) and each.replica
    ]
    return len(same) == len(runs) > 1 and len(set(same)) == 1


def _describe(run: RankRun, update: RankUpdate, names: list[str]) -> Judgement:
    is_called = any(each.reduced for each in run.updates) or update.calls.count("all-reduce") > 0
    if names[0] in update.unchanged:
        why = "the wrapper's all-reduce changed none of them, as after a move to another dtype"
        fix = "move the model to its dtype and device first, then wrap it"
    elif is_called:
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


RULE = make_rule("BT702", "not-reduced", "error", check, __doc__)
