"""Optimizers: wraps `add_param_group`, reads groups and options, writes OptimizerSeen."""

from __future__ import annotations

import weakref
from math import nan
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from backtrace.as_data import class_name, is_exactly
from backtrace.ledger.facts import Group, OptimizerSeen
from backtrace.ledger.state_facts import OptimizerGone
from backtrace.recording.accounts import TensorAccounts
from backtrace.recording.frames import find_caller
from backtrace.recording.hooks.function_swap import skip_in_warning_stacklevel
from backtrace.recording.hooks.instrument import Instrument
from backtrace.recording.hooks.patches import Original
from backtrace.recording.kernels.scalars import read_number
from backtrace.recording.tensors.discovery import Discovery
from backtrace.recording.tensors.param_groups import params_of, read_groups, read_options


class OptimizerSensor:
    """Writes an optimizer down when it is first seen, and when its groups have changed."""

    def __init__(
        self, instrument: Instrument, accounts: TensorAccounts, discovery: Discovery
    ) -> None:
        self._patches = instrument.patches
        self._notify = instrument.boundary.notify
        self._register = accounts.register
        self._journal = accounts.journal
        self._discovery = discovery
        self._noted: dict[int, tuple[weakref.ref[Optimizer], str]] = {}
        self._written: dict[str, object] = {}
        self._made: dict[str, list[float]] = {}

    def install(self) -> None:
        """Wrap what gives an optimizer its parameters, also when it is made."""
        self._discovery.on_optimizer.append(self._note)
        self._patches.wrap(Optimizer, "add_param_group", self._around_add_param_group)

    @skip_in_warning_stacklevel
    def _around_add_param_group(
        self, original: Original, optimizer: Any, *args: object, **kwargs: object
    ) -> Any:
        result = original(optimizer, *args, **kwargs)
        self._notify("add_param_group", self._take_in, optimizer)
        return result

    def _take_in(self, optimizer: Optimizer) -> None:
        self._discovery.register_optimizer(optimizer)
        name = self._register.name_of(optimizer)
        self._register.variables.note_made(name, class_name(type(optimizer)))
        made = self._made.setdefault(name, [])
        fresh = read_groups(optimizer)[len(made) :]
        for group in fresh:
            rate: Any = dict.get(group, "lr")
            made.append(rate if type(rate) is float else nan)

    def _note(self, optimizer: Optimizer) -> None:
        """Have it looked at in the next call of `write`; this is where it was made, or used."""
        if id(optimizer) not in self._noted:
            self._noted[id(optimizer)] = (weakref.ref(optimizer), find_caller())

    def write(self) -> None:
        """Enter those that are new or have changed; rates may move, that is no change."""
        if not self._noted:
            return
        noted, self._noted = self._noted, {}
        for ref, where in noted.values():
            optimizer = ref()
            if optimizer is None:
                continue
            name = self._register.name_of(optimizer)
            form = (self._register.version, *map(_form, read_groups(optimizer)))
            if self._written.get(name) == form:
                continue
            groups = tuple(map(self._group, read_groups(optimizer)))
            shape = tuple((group.parameters, tuple(group.options)) for group in groups)
            is_new = self._written.get(f"{name} groups") != shape
            self._written[name], self._written[f"{name} groups"] = form, shape
            if is_new:
                self._write_gone()
                kind = class_name(type(optimizer))
                rates = tuple(self._made.get(name, ()))
                self._journal.write(
                    OptimizerSeen,
                    where=where,
                    optimizer=name,
                    type=kind,
                    groups=groups,
                    rates=rates if len(rates) == len(groups) else (),
                )

    def _write_gone(self) -> None:
        """Enter those that are gone, or each would keep an update open among many that come."""
        gone = self._register.optimizers_gone
        while gone:
            name = gone.pop(0).owner
            if name in self._written:
                self._journal.write(OptimizerGone, optimizer=name)

    def _group(self, group: dict[str, Any]) -> Group:
        tracked = [
            self._register.find(tensor) for tensor in self._register.copies.split(params_of(group))
        ]
        names = tuple(each.name for each in tracked if each is not None)
        options: dict[str, float | bool | str | None] = {}
        for key, value in read_options(group):
            if is_exactly(value, tuple, list):
                pairs = [(f"{key}[{n}]", item) for n, item in enumerate(value)]
            else:
                pairs = [(key, value)]
            options |= {k: _plain(v) for k, v in pairs if _is_plain(v)}
        return Group(names, options)


def _form(group: dict[str, Any]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return what a group is by identity: quick to make, and to compare."""
    own = dict.get(group, "params")  # most often a list: without a call more in every update
    held = own if type(own) is list else params_of(group)
    return tuple(map(id, held)), tuple(dict.keys(group))


def _is_plain(value: object) -> bool:
    kind = type(value)  # not `isinstance`, which asks an object of the user's for its class
    is_number = issubclass(kind, Tensor) and value.numel() == 1  # type: ignore[attr-defined]
    return value is None or is_number or issubclass(kind, (int, float, str))


def _plain(value: Any) -> float | bool | str | None:
    if value is None or isinstance(value, bool):
        return value
    return str.__str__(value) if issubclass(type(value), str) else read_number(value)
