"""A parameter that all ranks should hold alike has other bits on one of them.

## What it sees
After each step every rank writes down a digest of the bits of each value, and of each gradient
that the step read. Put side by side they show the first update at which a parameter is not the
same on all ranks, and at which call: before the first update, in the gradients, or in the step.

## Why it matters
Data-parallel training is one training on several processes: it averages the gradients and trusts
that the weights are the same everywhere. Once they are not, each rank trains a model of its own,
the averaged gradient belongs to none of them, and the checkpoint is that of one rank.

## Example
    ddp = DistributedDataParallel(model)
    loss = loss_function(model(x), y)

## Instead
    model = DistributedDataParallel(model)
    loss = loss_function(model(x), y)

## When it is intended
Ranks that train models of their own on purpose, or that average the weights now and then (local
SGD), part by design. Without a wrapper of torch's, only ranks that began alike or reduced their
gradients are judged, replicated DTensors, and what stands beside `fully_shard`'s parts. With a
communication hook it is not judged.

## Source
Distributed Data Parallel, PyTorch documentation, "Internal Design": the wrapper keeps replicas in
step by sending the first state and reducing every gradient. TrainCheck (OSDI 2025) has such bugs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.ranks.packed_digests import PackedDigests
from backtrace.diagnose.ranks.rank_rule import make_rule, ranks_text
from backtrace.diagnose.ranks.rank_run import RankRun, RankUpdate
from backtrace.diagnose.ranks.rank_search import FirstFound, Row
from backtrace.diagnose.rule import Finding, Judgement

_Digests = Sequence[PackedDigests]
_FEW = 8  # optimizers whose names are remembered


class ReplicasPartedSearch(FirstFound):
    """Finds the first update after which a parameter's values are not the same on all ranks."""

    def __init__(self) -> None:
        super().__init__()
        self._search = PartingSearch()

    def find(self, runs: Sequence[RankRun], row: Row) -> Finding | None:
        """Return what is to be said of an update."""
        return self._search.take(runs, row)

    def finish(self, runs: Sequence[RankRun]) -> Iterator[Judgement]:
        """Give what was found, where nothing else than an all-reduce keeps the ranks alike."""
        if self._search.has_hook(runs):
            yield RULE.not_checked("a communication hook takes the place of the all-reduce")
            return
        yield from super().finish(runs)


class PartingSearch:
    """Looks through the ranks' updates, row by row, also while they still run."""

    def __init__(self) -> None:
        self._alike, self._reduced = set[str](), set[str]()
        self._began_alike, self._has_parted_before = set[str](), False
        self._known: dict[tuple[object, ...], tuple[_Digests, frozenset[str], list[str]]] = {}

    def has_hook(self, runs: Sequence[RankRun]) -> bool:
        """Whether something else than an all-reduce keeps the ranks alike, or does not mean to."""
        return any(wrapper.has_hook for run in runs for wrapper in run.wrappers)

    def take(self, runs: Sequence[RankRun], row: Sequence[RankUpdate]) -> Finding | None:
        """Return what is to be said of the next update of all ranks, if they part in it."""
        found = [each.replica for each in row if each.replica is not None]
        if len(found) < len(row):
            return None
        wrapped, names = self._look(runs, [each.values for each in found])
        before = _parted(names, [each.before for each in found])
        grads = _parted(names, [each.grads for each in found])
        values = _parted(names, [each.values for each in found])
        self._reduced |= {
            name
            for name in names
            if name not in self._reduced and name not in grads and found[0].grads.get(name)
        }
        self._has_parted_before = self._has_parted_before or bool(before)
        if found[0].before:
            self._began_alike |= set(names) - set(before)
        # What follows an all-reduce by hand at once, on a shard too, is entered with it.
        self._reduced |= self._began_alike.intersection(*(each.reduced for each in row))
        # Data parallelism by hand: all that began alike is meant to stay so.
        if not self._has_parted_before and self._began_alike & self._reduced:
            self._alike |= self._began_alike
        said = set.intersection(*(run.placed for run in runs))
        said |= self._began_alike.intersection(*(run.beside for run in runs))
        meant = wrapped | self._alike | self._reduced | said
        judged = [name for name in values if name in meant]
        if judged:
            return _describe(runs, row, judged, before, grads)
        self._alike.update(set(names) - set(values) if values else names)
        return None

    def _look(self, runs: Sequence[RankRun], digests: _Digests) -> tuple[frozenset[str], list[str]]:
        """Return what all ranks' wrappers hold, and what all hold whole; looked up once each."""
        key = (*(run.facts for run in runs), *(each.names_key for each in digests))
        if key not in self._known:
            if len(self._known) >= _FEW:
                self._known.clear()
            wrapped = frozenset.intersection(*(frozenset(run.wrapped) for run in runs))
            self._known[key] = digests, wrapped, _shared(runs, digests)
        return self._known[key][1:]


def _shared(runs: Sequence[RankRun], digests: _Digests) -> list[str]:
    """Return the names that all ranks hold whole, of one shape, and are not to be left apart."""
    others = [each for each in digests if not each.has_names_of(digests[0])]
    names = [name for name in digests[0] if all(name in each for each in others)]
    own = {name for run in runs for name in run.shards}
    own |= {name for run in runs for wrapper in run.wrappers for name in wrapper.ignored}
    shapes = [run.parameters for run in runs]
    return [
        name
        for name in names
        if name not in own
        and len({seen[name].shape if name in seen else None for seen in shapes}) == 1
    ]


def _parted(names: Sequence[str], digests: _Digests) -> list[str]:
    first, others = digests[0], [each for each in digests if not each.is_same(digests[0])]
    if not others:
        return []
    return [name for name in names if any(each.get(name) != first.get(name) for each in others)]


def _describe(
    runs: Sequence[RankRun],
    row: Sequence[RankUpdate],
    names: list[str],
    before: list[str],
    grads: list[str],
) -> Finding:
    first = names[0]
    away = _away([each.replica.values for each in row if each.replica is not None], first)
    ranks = [runs[at].rank for at in away]
    at = row[away[0]]
    what, fix = _reason(runs, row, away, first in before, first if first in grads else "")
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    told = {
        f"on_rank_{run.rank}": _digest(each, first) for run, each in zip(runs, row, strict=True)
    }
    return RULE.found(
        f"{first}{others} on {ranks_text(ranks)} parted from rank {runs[0].rank} in update "
        f"{at.number}: {what}",
        fix,
        at.number,
        at.where,
        tuple(names),
        at.optimizer,
        **dict(list(told.items())[:4]),
    )


def _digest(update: RankUpdate, name: str) -> str:
    return "" if update.replica is None else update.replica.values.get(name, "")


def _away(digests: _Digests, name: str) -> list[int]:
    """Return the places of those that differ from the first."""
    return [at for at, each in enumerate(digests) if each.get(name) != digests[0].get(name)]


def _reason(
    runs: Sequence[RankRun], row: Sequence[RankUpdate], away: list[int], before: bool, grads: str
) -> tuple[str, str]:
    """Return at which call they parted, and what to do."""
    one, other = row[0], row[away[0]]
    if before:
        return (
            "they were not the same before the first update",
            "give all ranks the same seed before the model is made, or send rank 0's parameters "
            "to the others (DistributedDataParallel does)",
        )
    if bool(one.clips) != bool(other.clips):
        who = runs[0].rank if one.clips else runs[away[0]].rank
        return (
            f"only rank {who} clipped its gradients",
            "clip on all ranks, after backward: the reduced gradients are the same everywhere",
        )
    if grads and grads in runs[0].placed | runs[0].beside and grads not in one.reduced:
        return _in_laid_out(grads, is_placed=grads in runs[0].placed)
    return _in_grads(one, other, grads) if grads else _in_step(one, other)


def _in_laid_out(name: str, *, is_placed: bool) -> tuple[str, str]:
    what = "the gradients that step read are not the same"
    if is_placed:
        return (
            f"{what}, though {name} is a DTensor that is replicated over the ranks",
            "say how the gradient is laid out where the local part is used on this rank's own "
            "rows: to_local(grad_placements=[Partial()])",
        )
    return (
        f"{what}: fully_shard was called on parts of the model, and nothing reduces the gradients "
        "of what lies outside of them",
        "call fully_shard on the whole model too, after its parts",
    )


def _in_grads(one: RankUpdate, other: RankUpdate, name: str) -> tuple[str, str]:
    what = "the gradients that step read are not the same"
    if name in one.reduced and name in other.reduced:
        return f"{what}, though they had been reduced", "do the same to .grad on every rank"
    return (
        f"{what}: each rank stepped by its own, which nothing had reduced",
        "call the wrapper that DistributedDataParallel returned, not the module inside it; in an "
        "all-reduce of your own, leave no parameter out",
    )


def _in_step(one: RankUpdate, other: RankUpdate) -> tuple[str, str]:
    if one.lr != other.lr:
        rates = " and ".join(f"{lr:g}" for lr in (*one.lr[:1], *other.lr[:1]))
        return (
            f"the gradients were the same, and the learning rates were {rates}",
            "give every rank the same learning rate and the same scheduler",
        )
    if one.edited or other.edited:
        return (
            "a rank's values were changed outside the known calls",
            "load or change parameters on every rank alike",
        )
    return (
        "the gradients were the same, and step made other values of them",
        "give the optimizers of all ranks the same state and options",
    )


RULE = make_rule("BT701", "replicas-parted", "error", ReplicasPartedSearch, __doc__)
