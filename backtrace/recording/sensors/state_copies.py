"""Rates that are written into what `Optimizer.state_dict` returned: writes RateWrittenToCopy.

That is a copy of the groups: the optimizer never hears of it, unless it is loaded again.
"""

from __future__ import annotations

import weakref
from typing import Any, NamedTuple

from torch.optim import Optimizer

from backtrace.ledger.state_facts import RateWrittenToCopy
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.nesting import Nesting
from backtrace.recording.hooks.patches import Original
from backtrace.recording.tensors.param_groups import read_groups


class _Copy(NamedTuple):
    """The groups of a copy, their rates as they were given, and the line that asked for it."""

    optimizer: weakref.ref[Optimizer]
    groups: list[dict[str, Any]]
    rates: tuple[object, ...]
    where: str


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

    def loaded(self) -> None:
        """Something is loaded."""
        self._copies.clear()

    def _keep(self, optimizer: Optimizer, state: object) -> None:
        groups = state.get("param_groups") if type(state) is dict else None
        self._copies.pop(id(optimizer), None)
        if type(groups) is list and all(type(group) is dict for group in groups):
            rates = tuple(group.get("lr") for group in groups)
            if all(type(rate) is float for rate in rates):
                if not self._is_told:
                    self._is_told = True
                    self._hooks.before_step(self._steps)
                ref = weakref.ref(optimizer)
                self._copies[id(optimizer)] = _Copy(ref, groups, rates, find_caller())

    def _steps(self, optimizer: Optimizer) -> None:
        kept = self._copies.pop(id(optimizer), None)
        if kept is None or kept.optimizer() is not optimizer:
            return
        written = tuple(group.get("lr") for group in kept.groups)
        own = tuple(group.get("lr") for group in read_groups(optimizer))
        if written != kept.rates == own and all(type(rate) is float for rate in written):
            self._journal.write(
                RateWrittenToCopy,
                where=kept.where,
                optimizer=self._register.name_of(optimizer),
                written=written,
                lr=own,
            )
