"""The facts of what stands around a loop: its loaders and its learning rate schedulers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary, ref

from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader

from backtrace.ledger.facts import BatchDrawn, LoaderEnded, SchedulerStepped
from backtrace.recording.journal import Journal
from backtrace.recording.kernels.fingerprints import count_rows, fingerprint
from backtrace.recording.kernels.scalars import read_number
from backtrace.recording.tensors.tracked import Register

# Under these names schedulers keep the number of steps after which they turn or are through.
_PERIODS = ("T_max", "total_steps", "T_0", "step_size", "total_iters", "total_size")


@dataclass
class _Pass:
    """One pass through a loader."""

    loader: str
    batches: int | None
    iteration: int
    number: int = 0


class Surroundings:
    """Counts what loaders give, and enters what schedulers do to learning rates."""

    def __init__(self, register: Register, journal: Journal) -> None:
        self._register = register
        self._journal = journal
        self._loaders: WeakKeyDictionary[DataLoader[Any], tuple[str, int]] = WeakKeyDictionary()
        self._passes: WeakKeyDictionary[Any, _Pass] = WeakKeyDictionary()
        self._schedulers: dict[int, tuple[str, ref[LRScheduler]]] = {}
        self._names = 0

    def loader_began(self, loader: DataLoader[Any], iterator: object) -> None:
        """`loader` is gone through from the start."""
        name, iteration = self._loaders.get(loader, (f"loader[{len(self._loaders)}]", 0))
        self._loaders[loader] = (name, iteration + 1)
        self._passes[iterator] = _Pass(name, _count_batches(loader), iteration + 1)

    def batch_drawn(self, iterator: object, batch: object, *, is_read: bool) -> None:
        """It gave a batch; where that is not to be read, it is only counted."""
        found = self._passes.get(iterator)
        if found is None:
            return  # it was begun before recording was
        found.number += 1
        if is_read:
            self._journal.write(
                BatchDrawn,
                loader=found.loader,
                iteration=found.iteration,
                number=found.number,
                batches=found.batches,
                rows=count_rows(batch),
                data=fingerprint(batch),
            )

    def loader_ended(self, iterator: object) -> None:
        """It had no more."""
        found = self._passes.pop(iterator, None)
        if found is not None:
            self._journal.write(
                LoaderEnded,
                loader=found.loader,
                iteration=found.iteration,
                batches=found.number,
            )

    def scheduler_stepped(self, scheduler: LRScheduler, before: tuple[float, ...]) -> None:
        """`scheduler` moved learning rates, which were as in `before`."""
        known = self._schedulers.get(id(scheduler))
        if known is None or known[1]() is not scheduler:
            known = (f"scheduler[{self._names}]", ref(scheduler))
            self._schedulers[id(scheduler)] = known
            self._names += 1
        self._journal.write(
            SchedulerStepped,
            scheduler=known[0],
            type=type(scheduler).__name__,
            optimizer=self._register.name_of(scheduler.optimizer),
            before=before,
            after=read_rates(scheduler),
            period=_find_period(scheduler),
        )


def read_rates(scheduler: LRScheduler) -> tuple[float, ...]:
    """Return the learning rates of the optimizer that a scheduler moves, one per group."""
    return tuple(read_number(group["lr"]) for group in scheduler.optimizer.param_groups)


def _count_batches(loader: DataLoader[Any]) -> int | None:
    try:
        return len(loader)
    except (TypeError, NotImplementedError):  # of an iterable dataset nobody knows
        return None


def _find_period(scheduler: object) -> int | None:
    """Return after how many steps a scheduler turns or is through, None where it never does."""
    facts = vars(scheduler)
    inner = [_find_period(each) for each in facts.get("_schedulers", ())]
    if inner and "_milestones" in facts:  # one after the other
        last = inner[-1]
        return None if last is None else max(facts["_milestones"], default=0) + last
    if inner:
        return max((period for period in inner if period is not None), default=None)
    if milestones := facts.get("milestones"):
        return int(max(milestones))
    for rule in facts.get("lr_lambdas") or ():
        if isinstance(rule, partial) and "num_training_steps" in rule.keywords:
            return int(rule.keywords["num_training_steps"])
    return _first_number(facts)


def _first_number(facts: Mapping[str, Any]) -> int | None:
    found = (facts[name] for name in _PERIODS if isinstance(facts.get(name), int | float))
    return next((int(number) for number in found), None)
