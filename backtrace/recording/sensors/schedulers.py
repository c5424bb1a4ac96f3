"""Learning rate schedulers: wraps `step`, reads rates around it, writes SchedulerStepped.

That is so also while nothing is read of the tensors.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from functools import partial
from math import isfinite
from typing import Any
from weakref import ref

from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from backtrace.as_data import attributes_of, class_name, is_a, text_of
from backtrace.ledger.facts import SchedulerStepped
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_maker
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.kernels.scalars import read_number
from backtrace.recording.sensors.planned_lengths import find_planned_length
from backtrace.recording.sensors.proxies import find_optimizer
from backtrace.recording.tensors.param_groups import read_groups
from backtrace.recording.weak_keys import weak_keys

# Under these names schedulers keep the number of steps after which they turn or are through.
_PERIODS = ("T_max", "total_steps", "T_0", "step_size", "total_iters", "total_size")
# So do classes of one's own, if they do not count by epochs as well.
_OWN_PERIODS = ("max_steps", "max_epochs", "num_training_steps", "max_iters", "t_total")

Rates = tuple[float, ...]
_NONE = object()


class SchedulerSensor:
    """Enters what schedulers do to learning rates."""

    def __init__(self, instrument: Instrument, accounts: TensorAccounts) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._journal = accounts.journal
        self._nesting = Nesting()
        self._names = 0
        # Where each was made, and for how many steps by then: a name may come to count on.
        self._made: MutableMapping[LRScheduler, tuple[str, int | None]] = weak_keys()
        self._known: dict[int, tuple[str, ref[LRScheduler]]] = {}

    def install(self) -> None:
        """Wrap `step` of every scheduler's class, those to come included."""
        wrap = self._patches.wrap
        wrap(LRScheduler, "_initial_step", self._around_initial_step, while_paused=True)
        wrap(ReduceLROnPlateau, "__init__", self._around_making, while_paused=True)
        self._patches.wrap_in_subclasses(LRScheduler, "step", self._around_step, while_paused=True)

    @skip_in_warning_stacklevel
    def _around_initial_step(self, original: Original, scheduler: LRScheduler) -> Any:
        self._notify("schedulers", self._note_made, scheduler)
        with self._nesting:  # so that the step inside is not the outermost
            return original(scheduler)

    @skip_in_warning_stacklevel
    def _around_making(
        self, original: Original, scheduler: Any, *args: object, **kwargs: object
    ) -> Any:
        self._notify("schedulers", self._note_made, scheduler)
        return original(scheduler, *args, **kwargs)

    def _note_made(self, scheduler: LRScheduler) -> None:
        length = find_planned_length(attributes_of(scheduler).get("lr_lambdas"))
        self._made[scheduler] = find_maker(scheduler), length

    @skip_in_warning_stacklevel
    def _around_step(
        self, original: Original, scheduler: LRScheduler, *args: object, **kwargs: object
    ) -> Any:
        before: list[Rates] = []
        with self._nesting as is_outermost:
            if is_outermost:
                self._notify("schedulers", lambda: before.append(_read_rates(scheduler)))
            result = original(scheduler, *args, **kwargs)
        if is_outermost and before:
            given = kwargs.get("metrics", args[0] if args else None)
            self._notify("schedulers", self._stepped, scheduler, before[0], given)
        return result

    def _stepped(self, scheduler: LRScheduler, before: Rates, given: object) -> None:
        """`scheduler` moved learning rates, which were as in `before`."""
        known = self._known.get(id(scheduler))
        if known is None or known[1]() is not scheduler:
            known = (f"scheduler[{self._names}]", ref(scheduler))
            self._known[id(scheduler)] = known
            self._names += 1
        facts = attributes_of(scheduler)
        made, length = self._made.get(scheduler, ("", None))
        period = _find_period(scheduler)
        count = facts.get("last_epoch")
        self._journal.write(
            SchedulerStepped,
            scheduler=known[0],
            type=class_name(type(scheduler)),
            optimizer=self._register.name_of(find_optimizer(facts["optimizer"])),
            before=before,
            after=_read_rates(scheduler),
            period=length if period is None else period,
            made=made,
            metric=_read_metric(scheduler, given),
            mode=text_of(facts.get("mode", "")) if _waits(scheduler) else "",
            ends_with=_find_last(scheduler),
            base=_read_rates(scheduler, "initial_lr"),
            count=count if type(count) is int else None,
        )


def _waits(scheduler: object) -> bool:
    return is_a(scheduler, ReduceLROnPlateau)


def _read_metric(scheduler: object, given: object) -> float | None:
    """Return what a scheduler that waits for a plateau was given, where that is a number."""
    is_number = isinstance(given, float | int) or (isinstance(given, Tensor) and given.numel() == 1)
    return read_number(given) if _waits(scheduler) and is_number else None  # type: ignore[arg-type]


def _read_rates(scheduler: LRScheduler, name: str = "lr") -> Rates:
    """Return the learning rates of the optimizer that a scheduler moves, one per group."""
    groups = read_groups(attributes_of(scheduler)["optimizer"])
    found = (dict.get(group, name, _NONE) for group in groups)
    return tuple(read_number(each) for each in found if each is not _NONE)


def _find_period(scheduler: object) -> int | None:
    """Return after how many steps a scheduler turns or is through, None where it never does."""
    facts = attributes_of(scheduler)
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


def _find_last(scheduler: object) -> str:
    """Return the type of the last of schedulers that come one after the other, '' of others."""
    facts = attributes_of(scheduler)
    parts = facts.get("_schedulers") if "_milestones" in facts else None
    return class_name(type(parts[-1])) if parts else ""


def _first_number(facts: Mapping[str, Any]) -> int | None:
    found = _number_of(facts, _PERIODS)
    if found is None and (own := _number_of(facts, _OWN_PERIODS)) is not None:
        return None if any("per_epoch" in name for name in facts) else own
    return found


def _number_of(facts: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    found = (facts[name] for name in names if isinstance(facts.get(name), int | float))
    return next((int(number) for number in found if isfinite(number)), None)
