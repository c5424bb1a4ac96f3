"""Rates that are written into groups that are not the optimizer's: writes RateWrittenToCopy.

What `Optimizer.state_dict` returns is a copy: the optimizer never hears of it, unless it is loaded
again. And `load_state_dict` puts new groups in the place of those that it had.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch.optim import Optimizer

from backtrace.ledger.state_facts import RateWrittenToCopy
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.tensors.param_groups import Groups, read_groups


class _Copy(NamedTuple):
    """The groups of a copy, their rates as they were given, and the line that asked for it."""

    optimizer: weakref.ref[Optimizer]
    groups: Groups
    rates: tuple[object, ...]
    where: str


_MOST_STEPS = 300  # after which nobody writes into groups that were replaced


@dataclass(slots=True)
class _Replaced:
    """The groups that an optimizer had before a state was loaded, at the line that loaded it.

    `rates` are theirs and `own` the optimizer's, as the step before found them.
    """

    optimizer: weakref.ref[Optimizer]
    groups: Groups
    rates: tuple[object, ...]
    own: tuple[object, ...]
    where: str
    steps: int = 0


class StateCopySensor:
    """Keeps the groups of each optimizer's newest copy, which hold no tensor, until it steps.

    It is told of what is loaded: perhaps that is what was written to, here or elsewhere.
    """

    def __init__(self, instrument: Instrument, accounts: TensorAccounts) -> None:
        self._patches = instrument.patches
        self._hooks = instrument.hooks
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._journal = accounts.journal
        self._nesting = Nesting()
        self._copies: dict[int, _Copy] = {}
        self._replaced: dict[int, _Replaced] = {}
        self._is_told = False

    def install(self) -> None:
        """Wrap `state_dict` of all optimizers; of steps it is told once there is a copy."""
        self._patches.wrap_in_subclasses(Optimizer, "state_dict", self._around)

    @skip_in_warning_stacklevel
    def _around(self, original: Original, optimizer: Any, *args: object, **kwargs: object) -> Any:
        with self._nesting as is_outermost:
            result = original(optimizer, *args, **kwargs)
        if is_outermost:
            self._notify("state_dict", self._keep, optimizer, result)
        return result

    def loading(self) -> None:
        """Something is loaded."""
        self._copies.clear()

    def loaded(self, optimizer: Optimizer, before: Groups) -> None:
        """A state was loaded; `before` are the groups that the optimizer had."""
        now = read_groups(optimizer)
        rates, own = _rates(before), _rates(now)
        if before is now or not _are_plain(rates) or not _are_plain(own):
            return
        replaced, key = self._replaced, id(optimizer)
        ref = weakref.ref(optimizer, lambda _: replaced.pop(key, None))
        replaced[key] = _Replaced(ref, before, rates, own, find_caller())
        self._hear_of_steps()

    def _keep(self, optimizer: Optimizer, state: object) -> None:
        groups = state.get("param_groups") if type(state) is dict else None
        self._copies.pop(id(optimizer), None)
        if type(groups) is list and all(type(group) is dict for group in groups):
            rates = _rates(groups)
            if _are_plain(rates):
                self._hear_of_steps()
                ref = weakref.ref(optimizer)
                self._copies[id(optimizer)] = _Copy(ref, groups, rates, find_caller())

    def _hear_of_steps(self) -> None:
        if not self._is_told:
            self._is_told = True
            self._hooks.before_step(self._steps)

    def _steps(self, optimizer: Optimizer) -> None:
        kept = self._copies.pop(id(optimizer), None)
        if kept is not None and kept.optimizer() is optimizer:
            written, own = _rates(kept.groups), _rates(read_groups(optimizer))
            if written != kept.rates == own and _are_plain(written):
                self._write(optimizer, kept.where, written, own)
        replaced = self._replaced.get(id(optimizer))
        if replaced is not None:
            self._look_at_replaced(optimizer, replaced)

    def _look_at_replaced(self, optimizer: Optimizer, replaced: _Replaced) -> None:
        """Enter a rate that was written into them since the step before, and nowhere else."""
        written, own = _rates(replaced.groups), _rates(read_groups(optimizer))
        replaced.steps += 1
        if own != replaced.own or not _are_plain(written) or replaced.steps > _MOST_STEPS:
            del self._replaced[id(optimizer)]
        elif written != replaced.rates:
            replaced.rates = written
            if written != own:
                self._write(optimizer, replaced.where, written, own, is_replaced=True)

    def _write(
        self,
        optimizer: Optimizer,
        where: str,
        written: tuple[float, ...],
        own: tuple[float, ...],
        *,
        is_replaced: bool = False,
    ) -> None:
        self._journal.write(
            RateWrittenToCopy,
            where=where,
            optimizer=self._register.name_of(optimizer),
            written=written,
            lr=own,
            is_replaced=is_replaced,
        )


def _rates(groups: Groups) -> tuple[Any, ...]:
    return tuple(dict.get(group, "lr") for group in groups)


def _are_plain(rates: tuple[Any, ...]) -> bool:
    return all(type(rate) is float for rate in rates)
